"""What the house says, in European Portuguese, in the voice of the page's own words.

Whoever reads may be grown or small, a man or a woman: sentences are turned so that none is
addressed wrongly. Words a household writes (school, bath) are told over where they are known, and
quoted as they stand where they are not.
"""

from collections.abc import Sequence

from evenfall.formats.language.portuguese_book import BOOK
from evenfall.formats.language.speech import Speech
from evenfall.formats.quantity import duration_text
from evenfall.formats.words import listing

_DAYS = (
    "A segunda-feira",
    "A terça-feira",
    "A quarta-feira",
    "A quinta-feira",
    "A sexta-feira",
    "O sábado",
    "O domingo",
)
_STEPS = {
    "bath": "banho",
    "teeth": "dentes",
    "story": "história",
    "song": "canção",
    "stars": "estrelas",
    "lights out": "apagar a luz",
    "pyjamas": "pijama",
    "read": "leitura",
    "tidy up": "arrumar",
    "wash up": "lavar a loiça",
    "wash and teeth": "lavar a cara e os dentes",
}
_THINGS = {
    "school": "a escola",
    "work": "o trabalho",
    "kindergarten": "o jardim de infância",
    "nursery": "a creche",
    "weekday": "o dia de trabalho",
}


def _age(months: int) -> str:
    if months < 24:
        return "1 mês" if months == 1 else f"{months} meses"
    return f"{months // 12} anos"


def _hours(hours: float) -> str:
    return f"{hours:g}".replace(".", ",")


def _one_o_clock(clock: str) -> bool:
    return clock.startswith("01:")


def _at(clock: str) -> str:
    return f"{'à' if _one_o_clock(clock) else 'às'} {clock}"


def _from(clock: str) -> str:
    return f"{'da' if _one_o_clock(clock) else 'das'} {clock}"


def _names(names: Sequence[str]) -> str:
    return listing(names, "e")


def _steps(steps: Sequence[str]) -> str:
    return _names([_STEPS.get(step.lower(), step) for step in steps])


def _thing(what: str) -> str:
    return _THINGS.get(what.lower(), f"«{what}»")


def _first_thing(what: str) -> str:
    thing = _thing(what)
    return thing[:1].upper() + thing[1:]


_NEED_RANGE = "Com {age_months:age}, aconselham-se {low_h:hours} a {high_h:hours} h de sono por dia"
_IN_ORDER = "Num quarto partilhado as luzes apagam-se por ordem de idade: a de {name} "
_TOLD = "{teller} conta a história {starts:from} {ends:at}."
_THE_STORY = "a história em «{room}», {starts:from} {ends:at}"
_SHORT = (
    "Apagar a luz {chosen:at} daria a {name} menos do que as {low_h:hours} h por dia "
    "aconselhadas antes de acordar {wake:at}, "
)
_LONGER = (
    "Alguma coisa tem de mudar: apagar a luz até {latest:at}, uma manhã mais tarde, ou uma sesta."
)
_CAUTIOUS = "é o que {name} quer, e vale o desejo mais cauteloso."
_WHISPER = "é num sussurro, em papel, ou noutro quarto."

_PLAN = {
    # A manhã
    "wake-tonight": "Alguém da casa escolheu que {name} acorde {wake:at}, só desta vez.",
    "late-for-the-day": (
        "{name} acorda {wake:at}, mas {what:thing} começa {starts:at} e a manhã leva "
        "{ahead_s:length}. Alguma coisa tem de mudar: acordar mais cedo, ou deixar que "
        "{what:thing} comece sem {name}."
    ),
    "skip-wake": (
        "Desta vez ninguém acorda à hora do costume, por isso {name} acorda {wake:at}, como num "
        "dia livre."
    ),
    "free-wake": (
        "{weekday:day} não pede nada de manhã, por isso {name} acorda {wake:at}, como em qualquer "
        "dia livre."
    ),
    "commitment": (
        "{what:first-thing} começa {starts:at} e a manhã leva {ahead_s:length}, por isso o dia "
        "começa {wake:at}."
    ),
    "clock-skipped": (
        "Nesse dia o relógio salta por cima {written:from}, por isso vale {shown}."
    ),
    "clock-doubled": (
        "Nesse dia o relógio anda para trás e mostra {written} duas vezes; vale a primeira."
    ),
    # De quanto sono se precisa
    "need.usual": f"{_NEED_RANGE}, e {{planned_s:length}} é o habitual.",
    "need.middle": f"{_NEED_RANGE}, e {{planned_s:length}} é o meio disso.",
    "need.own": (
        "{name} dorme bem com {planned_s:length} por dia, o que está dentro do aconselhado."
    ),
    "need.clipped": (
        f"{_NEED_RANGE}. A casa diz {{asked_s:length}} para {{name}}, por isso a noite conta com "
        "{planned_s:length}, o mais próximo que ainda está dentro."
    ),
    "nap-not-told": (
        "Quase todas as crianças com {age_months:age} dormem de dia, e não há nenhuma sesta "
        "escrita para {name}, por isso a noite tem de chegar para tudo. Com uma sesta seria mais "
        "curta."
    ),
    "nap": "{name} dorme {nap_s:length} de dia, por isso a noite precisa de {night_s:length}.",
    "efficiency": (
        "Ninguém dorme todo o tempo que passa na cama: com {age_months:age}, cerca de {asleep} em "
        "cada 100 minutos são de sono, por isso {night_s:length} de sono levam {in_bed_s:length} "
        "na cama."
    ),
    # A luz
    "lights-out": "Contando para trás a partir {wake:from}, a luz apaga-se {lights_out:at}.",
    "lights-out-tonight": (
        "Alguém da casa escolheu apagar a luz de {name} {lights_out:at}, só desta vez."
    ),
    "range-low.child": f"{_SHORT}por isso a luz apaga-se {{latest:at}}. {_LONGER}",
    "range-low.adult": f"{_SHORT}e assim fica. {_LONGER}",
    "evening-from": (
        "O serão de {name} não começa antes {begins:from}, por isso a luz apaga-se "
        "{lights_out:at}: menos sono do que o previsto, e ainda dentro do aconselhado."
    ),
    "siblings.later": (
        f"{_IN_ORDER}espera pela de quem tem menos idade, por isso apaga-se {{lights_out:at}}."
    ),
    "siblings.earlier": (
        f"{_IN_ORDER}não fica acesa depois da de quem tem mais idade, por isso apaga-se "
        "{lights_out:at}."
    ),
    "teller-stays-up": (
        "{name} conta primeiro uma história, por isso a sua luz apaga-se {lights_out:at}: ainda "
        "dentro do aconselhado."
    ),
    # O serão
    "wind-down": (
        "Acalmar leva {takes_s:length}, por isso o serão de {name} começa a acalmar {starts:at}."
    ),
    "wind-down.steps": (
        "Com {steps:steps}, o serão de {name} leva {takes_s:length}, por isso começa a acalmar "
        "{starts:at}."
    ),
    "clock-change": (
        "Nesta noite muda a hora. A noite mantém a duração verdadeira, {in_bed_s:length} na cama."
    ),
    "day-sleep": "{name} dorme pelo dia dentro; este sono fica guardado na noite de {night}.",
    "evening-conflict": (
        "O serão de {name} não pode começar antes {begins:from}, mas {in_bed_s:length} na cama "
        "antes de acordar {wake:at} querem dizer acalmar {starts:at}. Alguma coisa tem de mudar: "
        "um serão que possa começar mais cedo, uma manhã mais tarde, ou um ritual mais curto."
    ),
    "evening-commitment": (
        "{what:first-thing} começa {starts:at}, mas o serão de {name} começa a acalmar "
        "{wind_down:at}. Alguma coisa tem de mudar: hoje não ir, ou escolher para esta noite outra "
        "hora de apagar a luz ou de acordar."
    ),
    "story-earlier": (
        "{teller} só pode estar num sítio de cada vez, por isso a história e o serão de {name} "
        "começam {earlier_s:length} mais cedo, com sossego antes de a luz se apagar."
    ),
    # O quarto
    "kind.told": "O serão é contado, como se quis.",
    "kind.unplugged": "O serão é de papel, como se quis.",
    "kind.immersive": "O serão é num mundo de sonho, como se quis.",
    "kind.told.cautious": f"O serão é contado: {_CAUTIOUS}",
    "kind.unplugged.cautious": f"O serão é de papel: {_CAUTIOUS}",
    "kind.immersive.cautious": f"O serão é num mundo de sonho: {_CAUTIOUS}",
    "no-programme": (
        "Aqui não corre nada: {name} ainda não passou o primeiro aniversário, e até lá o Evenfall "
        "só planeia as horas. Por favor, siga as recomendações atuais de sono seguro."
    ),
    "no-immersion-under-3": (
        "{name} ainda tem pouca idade para um mundo de sonho, por isso alguém conta."
    ),
    "no-immersion-while-worried": (
        "Para {name} os mundos de sonho descansam até um adulto falar com um médico, por isso "
        "alguém conta."
    ),
    "safe-sleep": (
        "Sono seguro para {name}: de costas, num berço só seu no vosso quarto, firme, plano e sem "
        "mais nada lá dentro; sem fumo, com a cabeça destapada, e o quarto entre 16 e 20 °C."
    ),
    "no-common-dreamscape.differ": (
        "Não foi escolhido o mesmo mundo de sonho para {names:names}, por isso alguém conta, com o "
        "candeeiro e a página."
    ),
    "no-common-dreamscape.none": (
        "Não foi escolhido nenhum mundo de sonho para {names:names}, por isso alguém conta, com o "
        "candeeiro e a página."
    ),
    "after-the-first-light.child": (
        f"Depois de a luz de {{first}} se apagar {{lights_out:at}}, a história de {{name}} "
        f"{_WHISPER}"
    ),
    "after-the-first-light.adult": (
        f"Depois de a luz de {{first}} se apagar {{lights_out:at}}, o serão de {{name}} {_WHISPER}"
    ),
    # Quem conta
    "teller": _TOLD,
    "teller.away": f"{_TOLD} {{first}} não está em casa esta noite.",
    "teller.busy": f"{_TOLD} {{first}} não pode estar lá a essa hora.",
    "teller.younger": (
        "{name} ouve a história de {younger}, que {teller} conta {starts:from} {ends:at}."
    ),
    "untold.nobody-listed": (
        f"Não está escrito quem conta {_THE_STORY}. Escreva tellers: em {{name}}."
    ),
    "untold.away": (
        f"Ninguém está em casa para contar {_THE_STORY}: {{names:names}} fora esta noite. Outra "
        "pessoa a contar resolvia."
    ),
    "untold.busy": (
        f"Ninguém está livre para contar {_THE_STORY}: era preciso ter {{names:names}} em dois "
        "sítios. Alguma coisa tem de mudar: outra pessoa a contar, um serão que possa começar mais "
        "cedo, ou uma história mais curta."
    ),
    "wishes-differ.evening.told": (
        "{more} gostava de um mundo de sonho para {name}, e {careful} de um serão contado. Hoje é "
        "contado: vale o desejo mais cuidadoso, até combinarem outro."
    ),
    "wishes-differ.evening.unplugged": (
        "{more} gostava de mais do que papel para {name}, e {careful} de um serão de papel. Hoje é "
        "de papel: vale o desejo mais cuidadoso, até combinarem outro."
    ),
    "wishes-differ.lights-out": (
        "{more} gostava de apagar a luz de {name} {other:at}, e {careful} {at:at}. Hoje é {at:at}: "
        "vale o desejo mais cuidadoso, até combinarem outro."
    ),
    "wishes-differ.allowance": (
        "{more} gostava de até {other_s:length} de mundo de sonho por noite, e {careful} de até "
        "{held_s:length}. São {held_s:length}, o mesmo para todas as crianças: vale o desejo mais "
        "cuidadoso, até combinarem outro."
    ),
    "wish-held.evening.told": (
        "{careful} gostava de um serão contado para {name}, e assim é."
    ),
    "wish-held.evening.unplugged": (
        "{careful} gostava de um serão de papel para {name}, e assim é."
    ),
    "wish-held.lights-out": (
        "{careful} gostava de apagar a luz de {name} {at:at}, e assim é."
    ),
    "wish-held.allowance": (
        "{careful} gostava de não mais de {held_s:length} de mundo de sonho por noite, e assim é, "
        "o mesmo para todas as crianças."
    ),
    "wish-waits.evening": (
        "{more} gostava de mais serão para {name} do que o combinado. Vale o combinado, até o "
        "mudarem em conjunto."
    ),
    "wish-waits.lights-out": (
        "{more} gostava de apagar a luz de {name} mais tarde do que {at:at}. Fica {at:at}, até o "
        "mudarem em conjunto."
    ),
    "wish-waits.allowance": (
        "{more} gostava de mais mundo de sonho por noite do que {held_s:length}. Vale o combinado, "
        "até o mudarem em conjunto."
    ),
}  # fmt: skip

_UNTIL_THEN = "até lá, ao serão alguém conta e não corre nenhum mundo de sonho."

_WORRIES = {
    "worry.doctor": (
        f"Ficou registado sobre {{name}}: {{signs:names}}. Por favor, fale disso com um médico; "
        f"{_UNTIL_THEN}"
    ),
    "worry.emergency": (
        "Ficou registado sobre {name}: {signs:names}. Se é assim agora, ou se voltar a ser, ligue "
        f"logo para o 112; e fale com um médico em qualquer caso. {_UNTIL_THEN.capitalize()}"
    ),
    "worry.sign.snoring-most-nights": "ressonar na maioria das noites",
    "worry.sign.breathing-pauses": "pausas na respiração",
    "worry.sign.gasping": "engasgar-se ou procurar ar a dormir",
    "worry.sign.hurt-in-sleep": "magoar-se a dormir",
    "worry.sign.very-sleepy-by-day": "muito sono durante o dia",
    "worry.sign.low-mood": "uma tristeza que não passa",
    "worry.sign.turned-blue": "ficar com a pele azulada",
    "worry.sign.struggled-to-breathe": "dificuldade em respirar",
    "worry.sign.first-seizure": "uma primeira convulsão",
}

_CALLS = {
    "call.touched": "Toque na página {at:at}: {who}.",
    "call.touched.someone": "Alguém tocou na página da cabeceira. Talvez precise de um adulto.",
    "call.or": "ou",
    "call.rehearsed": "Num ensaio: {text}",
    "emergency.rehearsed": "Num ensaio: {text}",
    "emergency.somebody": "alguém",
    "emergency.call": "Pedido de ajuda {at:at}: {names:names}. {dark}",
    "emergency.call.someone": "Alguém pediu ajuda {at:at} no quarto de {names:names}. {dark}",
    "emergency.distress": (
        "Talvez seja preciso ir ver {names:names}: {at:at}, o coração e os movimentos estavam "
        "altos há algum tempo. {dark} É um palpite, e pode não ser nada."
    ),
    "emergency.fault": (
        "Alguma coisa do Evenfall falhou {at:at} no quarto de {names:names}. {dark} Lá, um toque "
        "na página pode não chamar ninguém: por favor, vá ver."
    ),
    "emergency.dark": "O quarto ficou escuro e calmo, e mais nada se fez.",
}

_STATISTICS = {
    "TIB": "tempo na cama: de apagar a luz até levantar",
    "SPT": "período de sono: do primeiro adormecer ao último acordar",
    "SOL": "tempo até adormecer: de apagar a luz ao primeiro meio minuto de sono",
    "WASO": "tempo sem dormir a meio da noite: entre o primeiro adormecer e o último acordar",
    "TST": "tempo total de sono: todo o sono entre o primeiro adormecer e o último acordar",
    "SE": "eficiência do sono: a parte do tempo na cama que foi sono",
    "awakenings": "vezes que acordou depois do primeiro adormecer, antes do último acordar",
    "N1": "tempo em N1, o sono mais leve",
    "N2": "tempo em N2, sono leve",
    "N3": "tempo em N3, sono profundo",
    "R": "tempo em R, o sono dos sonhos vivos (REM)",
    "%N1": "a parte do sono que foi N1",
    "%N2": "a parte do sono que foi N2",
    "%N3": "a parte do sono que foi N3",
    "%R": "a parte do sono que foi R (REM)",
    "REM latency": "do primeiro adormecer ao primeiro R (REM)",
}

PORTUGUESE = Speech(
    sentences={
        **_PLAN,
        **_WORRIES,
        **_CALLS,
        **{f"statistic.{name}": words for name, words in _STATISTICS.items()},
    },
    forms={
        "age": _age,
        "length": duration_text,
        "hours": _hours,
        "at": _at,
        "from": _from,
        "names": _names,
        "steps": _steps,
        "thing": _thing,
        "first-thing": _first_thing,
        "day": _DAYS.__getitem__,
    },
    book=BOOK,
)
