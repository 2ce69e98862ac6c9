"""English sentences of the house, told over in European Portuguese.

For what is made in English where it is known: faults, what a lamp says, what a morning is to be
read with. `{name}` stands for whatever stands there, `{name:again}` for what is itself a sentence
of this book. A test holds every sentence a page can be told against it.
"""

_HUB = {
    "something this hub does not understand": "algo que esta casa não entende",
    "what to do, and where": "o que fazer, e onde",
    "load the page again": "carregue a página outra vez",
    "nothing by that name": "nada com esse nome",
    "a page of this hub": "uma página desta casa",
    "go to its front page": "vá à página principal",
    "something that does not fit": "algo que não encaixa",
    "a name nobody here has": "um nome que aqui ninguém tem",
    "a member of this home": "alguém desta casa",
    "something that is someone else's to say": "algo que cabe a outra pessoa dizer",
    "their own screen, or their guardian's": "o ecrã dessa pessoa, ou de quem cuida dela",
    "let them say it themselves": "deixe que seja essa pessoa a dizê-lo",
    "a worry that someone else noted, which stays": (
        "uma preocupação que outra pessoa registou, e que fica"
    ),
    "whoever noted it": "quem a registou",
    "talk with them; at the hub's own terminal it can be ended too": (
        "fale com essa pessoa; no terminal da própria casa também se pode terminar"
    ),
    "a room that is not this screen's": "um quarto que não é o deste ecrã",
    "its own room": "o seu próprio quarto",
    "ask there": "peça lá",
    "{do}, which is not for this screen": "algo que não é para este ecrã",
    "ask a grown-up who lives here": "peça a um adulto da casa",
    "something said for someone else": "algo dito em nome de outra pessoa",
    "what one says for oneself": "o que cada um diz por si",
    "let them say it, or a grown-up": "deixe que seja essa pessoa a dizê-lo, ou um adulto",
    "no evening runs in {room}": "não há serão a correr em {room}",
    "a room with an evening": "um quarto com serão",
    "{do} is not for now": "isso não é para agora",
    "one of: {acts}": "um destes: {acts}",
    "one of {these}": "um destes: {these}",
    "one of {these}, or none": "um destes: {these}, ou nenhum",
    "try again later": "tente mais tarde",
    "someone who does not sleep here": "alguém que não dorme aqui",
    "a sleeper of this room": "alguém que dorme neste quarto",
    "something in Evenfall went wrong": "algo no Evenfall correu mal",
    "{why:again}: so nothing plays here tonight, and the room is dark and quiet. The evening is "
    "yours.": (
        "{why:again}: por isso esta noite nada toca aqui, e o quarto fica escuro e calmo. O serão "
        "é vosso."
    ),
}

_EMERGENCY = {
    "no room {room}": "nenhum quarto {room}",
    "a room of this home": "um quarto desta casa",
    "call from that room's page": "chame a partir da página desse quarto",
    "a room that someone stopped tonight": "um quarto que alguém parou esta noite",
    "a stop to hold until the morning": "que uma paragem dure até de manhã",
    "tell the story yourself; tomorrow is another evening": (
        "conte a história em pessoa; amanhã há outro serão"
    ),
    "a night that is over": "uma noite que já acabou",
    "an evening": "um serão",
    "begin tonight's in its own time": "comece o desta noite à sua hora",
    "an evening in which nothing went wrong": "um serão em que nada correu mal",
    "an emergency, or a hub that was away, before it": (
        "antes disso, uma emergência, ou a casa ter estado ausente"
    ),
    "go on with the evening as it is": "continue o serão como está",
    "Begun anew by {name} at {at}; {night} had broken off.": (
        "Recomeçado por {name} {at:at}; {night} tinha ficado a meio."
    ),
}

_DOOR = {
    "this hub does not answer to that name": "esta casa não responde por esse nome",
    "open the address that was printed, or start the hub with --name and this one": (
        "abra o endereço que foi mostrado, ou inicie a casa com --name e este nome"
    ),
    "a page from elsewhere asked": "quem pediu foi uma página de fora",
    "a socket without an origin": "uma ligação sem origem",
    "more asked in one minute than this hub takes": "mais pedidos num minuto do que a casa aceita",
    "a little patience; a stop is never counted": (
        "um pouco de paciência; parar nunca entra na conta"
    ),
    "ask again in a moment": "peça outra vez daqui a nada",
    "more asked of this room than it takes at once": (
        "mais pedidos neste quarto do que ele aceita de uma vez"
    ),
    "one thing after another": "uma coisa de cada vez",
    "wait a moment and ask again; a stop is heard at once": (
        "espere um momento e peça outra vez; parar é ouvido logo"
    ),
    "a change that did not come from our page": "uma mudança que não veio da nossa página",
    "a change that does not say how long it is": "uma mudança que não diz que tamanho tem",
    "more than this hub takes at once": "mais do que esta casa aceita de uma vez",
    "a page this hub served itself": "uma página dada por esta casa",
    "open the hub's own address again": "abra outra vez o endereço da casa",
    "something this screen may not do": "algo que este ecrã não pode fazer",
    "a screen of someone who may": "o ecrã de alguém que possa",
    "ask from your own screen, signed in as you": "peça no seu próprio ecrã, com a sua entrada",
    "a screen that has to be let in again": "um ecrã a que é preciso dar entrada outra vez",
    "a screen that is let in; this one may still stop what plays": (
        "um ecrã com entrada; este ainda pode parar o que toca"
    ),
    "type four new words from a screen that is in": (
        "escreva quatro palavras novas, feitas num ecrã que já tenha entrada"
    ),
    "a screen the house does not know": "um ecrã que a casa não conhece",
    "a screen that was let in": "um ecrã com entrada",
    "type the four words from a screen that is in, or from the hub's own window": (
        "escreva as quatro palavras de um ecrã que já tenha entrada, ou da própria máquina da casa"
    ),
    "something private, asked for over an address anyone in the house can read along": (
        "algo privado, pedido por um endereço que qualquer pessoa na rede da casa pode ler"
    ),
    "the home's locked address, or the hub's own screen": (
        "o endereço fechado da casa, ou o ecrã da própria máquina"
    ),
    "open the address that begins with https": "abra o endereço que começa por https",
}

_ACCESS = {
    "a screen that may not": "um ecrã que não pode",
    "words that open nothing now": "palavras que agora não abrem nada",
    "the four words as they were shown, within ten minutes and for the first time": (
        "as quatro palavras como foram mostradas, dentro de dez minutos e pela primeira vez"
    ),
    "look at them once more, or have new ones made": (
        "olhe para elas outra vez, ou peça que façam outras"
    ),
    "no screen by that name": "nenhum ecrã com esse nome",
    "one of the screens that are in": "um dos ecrãs com entrada",
    "look at the list again: it may have ended by itself": (
        "veja outra vez a lista: pode ter acabado por si"
    ),
    "a passphrase": "uma frase-chave",
    "a passkey": "uma chave de acesso",
    "this": "isto",
    "a name and a passphrase that do not go together": "um nome e uma frase-chave que não combinam",
    "a grown-up of this home, and their passphrase": "um adulto da casa, e a sua frase-chave",
    "try once more, or come in with four words": (
        "tente mais uma vez, ou entre com quatro palavras"
    ),
    "no passkey by that name": "nenhuma chave de acesso com esse nome",
    "one of one's own": "uma das suas",
    "look at the list again": "veja outra vez a lista",
    "a screen that is nobody's own": "um ecrã que não é de ninguém",
    "a grown-up's own screen": "o ecrã de um adulto",
    "sign in there": "entre lá",
    "a screen whose time is over": "um ecrã cujo tempo acabou",
    "one that was let in": "um com entrada",
    "let it in again": "dê-lhe entrada outra vez",
    "{what:again}, over the house's plain network, where others could read along": (
        "{what:again}, pela rede aberta da casa, onde outros podiam ler"
    ),
    "the home's encrypted address, or the hub's own machine": (
        "o endereço cifrado da casa, ou a própria máquina"
    ),
    "open the home's encrypted address, or come in with a bedside's words": (
        "abra o endereço cifrado da casa, ou entre com as palavras de uma cabeceira"
    ),
    "words for someone's own screen, given over the house's plain network, where others could "
    "read along": (
        "palavras para o ecrã de uma pessoa, dadas pela rede aberta da casa, onde outros podiam ler"
    ),
    "the home's encrypted address, or words for a bedside": (
        "o endereço cifrado da casa, ou palavras para uma cabeceira"
    ),
    "open the home's encrypted address and have new words made, or ask for a bedside's words": (
        "abra o endereço cifrado da casa e peça que façam palavras novas, ou peça as palavras de "
        "uma cabeceira"
    ),
    "a key to what is one's own, asked for by a screen that came in a while ago": (
        "uma chave para o que é de cada um, pedida por um ecrã que entrou há algum tempo"
    ),
    "a screen that came in within the last ten minutes": (
        "um ecrã que tenha entrado nos últimos dez minutos"
    ),
    "come in here once more, by your passphrase, your passkey or four new words": (
        "entre aqui mais uma vez, com a sua frase-chave, a sua chave de acesso ou quatro palavras "
        "novas"
    ),
    "someone else's screens": "os ecrãs de outra pessoa",
    "one's own": "os seus",
    "ask them, or use the terminal": "peça a essa pessoa, ou use o terminal",
    "a screen for {name}, made by someone else": "um ecrã para {name}, feito por outra pessoa",
    "{name}, since it opens {name}'s own dream book": (
        "{name}, porque abre o livro de sonhos de {name}"
    ),
    "let {name} make it, on a screen of their own or at the hub's own machine": (
        "deixe que seja {name} a fazê-lo, num ecrã seu ou na própria máquina da casa"
    ),
    "a member who does not live here": "alguém que não vive aqui",
    "a room that is not here": "um quarto que não existe aqui",
    "a screen for more than one thing": "um ecrã para mais do que uma coisa",
    "a member's own, a room's bedside, or a guest's": (
        "de uma pessoa, da cabeceira de um quarto, ou de uma visita"
    ),
    "a screen that may not let another one in": "um ecrã que não pode dar entrada a outro",
    "a screen for {name}, made by someone who is not their guardian": (
        "um ecrã para {name}, feito por alguém que não cuida de {name}"
    ),
    "one of {name}'s guardians": "um dos adultos que cuidam de {name}",
    "ask one of them": "peça a um deles",
    "choose again": "escolha outra vez",
    "a passkey that does not open this home": "uma chave de acesso que não abre esta casa",
    "one that was made here, asked within the last five minutes": (
        "uma que foi feita aqui, pedida nos últimos cinco minutos"
    ),
    "an address in numbers": "um endereço em números",
    "a hub that is reached by a name, since a passkey is made for one": (
        "uma casa a que se chega por um nome, porque uma chave de acesso é feita para um"
    ),
    "open the hub by its name, or come in with four words": (
        "abra a casa pelo seu nome, ou entre com quatro palavras"
    ),
    "a passphrase that is too short": "uma frase-chave curta demais",
    "a very long one": "uma muito comprida",
    "{least} to {most} letters": "{least} a {most} letras",
    "take four or five words that are nobody's saying": (
        "escolha quatro ou cinco palavras que não sejam um ditado de ninguém"
    ),
    "too many wrong tries": "demasiadas tentativas falhadas",
    "a little patience, so that nobody can guess their way in": (
        "um pouco de paciência, para que ninguém entre a adivinhar"
    ),
    "try again at {at}": "tente outra vez {at:at}",
    "try again in a moment": "tente outra vez daqui a um momento",
}

_ACTS = {
    "something asked from outside the home, which is for whoever is there": (
        "algo pedido de fora de casa, que cabe a quem lá está"
    ),
    "from outside: to make a room quiet, everything safe, or an invitation": (
        "de fora: sossegar um quarto, pôr tudo em segurança, ou um convite"
    ),
    "ask someone at home; at home, open the house's own address": (
        "peça a quem está em casa; em casa, abra o endereço da própria casa"
    ),
    "something that is no act of a guardian": "algo que não cabe a quem cuida da criança",
    "to make a room quiet, everything safe, or an invitation": (
        "sossegar um quarto, pôr tudo em segurança, ou um convite"
    ),
    "an act that another screen signed": "um pedido assinado por outro ecrã",
    "an act of this screen's own": "um pedido deste ecrã",
    "load the page again, and press once more": "carregue a página outra vez, e volte a tocar",
    "a screen whose signature the house does not know yet": (
        "um ecrã cuja assinatura a casa ainda não conhece"
    ),
    "a screen that was opened at home once": "um ecrã que já tenha sido aberto em casa",
    "open Tonight on it at home, or let it in anew; someone at home can stop anything": (
        "abra nele a página desta noite em casa, ou dê-lhe entrada outra vez; quem está em casa "
        "pode parar tudo"
    ),
    "a new signature for this screen, shown from outside the home": (
        "uma assinatura nova para este ecrã, mostrada de fora de casa"
    ),
    "a signature shown at home, or within ten minutes of coming in": (
        "uma assinatura mostrada em casa, ou nos dez minutos depois de entrar"
    ),
    "open Tonight on it at home, or let it in anew": (
        "abra nele a página desta noite em casa, ou dê-lhe entrada outra vez"
    ),
    "a signature that is not this screen's": "uma assinatura que não é deste ecrã",
    "an act as this screen signed it": "um pedido tal como este ecrã o assinou",
    "open Tonight on it at home once more; someone at home can stop anything": (
        "abra nele outra vez a página desta noite em casa; quem está em casa pode parar tudo"
    ),
    "an act that was taken already, or one older than the last": (
        "um pedido que já foi atendido, ou mais antigo do que o último"
    ),
    "each act once": "cada pedido uma vez",
    "look at Tonight: what was asked stands there; press once more for another": (
        "veja a página desta noite: o que foi pedido está lá; volte a tocar para pedir de novo"
    ),
    "more acts in one minute than this house takes from one screen": (
        "mais pedidos num minuto do que a casa aceita de um ecrã"
    ),
    "a list of screens that cannot be read just now": (
        "uma lista de ecrãs que agora não se consegue ler"
    ),
    "a house that can tell whose word it is": "uma casa que saiba de quem é o pedido",
    "ask someone at home; a stop works there": "peça a quem está em casa; lá, parar funciona",
    "a room of this home": "um quarto desta casa",
    "a word given at {then} by this screen's clock, where the house has {now}": (
        "um pedido feito às {then} pelo relógio deste ecrã, quando na casa são {now}"
    ),
    "a word at most five minutes old, by a clock that is right": (
        "um pedido de há cinco minutos no máximo, por um relógio certo"
    ),
    "look at this screen's clock, and press once more; nothing was done": (
        "veja se o relógio deste ecrã está certo, e volte a tocar; nada foi feito"
    ),
    "{name} asked to say good night, at {at}.": "{name} quis dizer boa noite, {at:at}.",
    "{name} made the whole home safe from elsewhere, at {at}.": (
        "{name} pôs a casa toda em segurança, de longe, {at:at}."
    ),
    "{name} made the whole home safe, at {at}.": "{name} pôs a casa toda em segurança, {at:at}.",
    "{name} made it quiet from elsewhere, at {at}.": "{name} sossegou o quarto de longe, {at:at}.",
    "{name} made it quiet, at {at}.": "{name} sossegou o quarto, {at:at}.",
    "Someone asked to say good night, at {at}.": "Alguém quis dizer boa noite, {at:at}.",
    "Someone made the whole home safe from elsewhere, at {at}.": (
        "Alguém pôs a casa toda em segurança, de longe, {at:at}."
    ),
    "Someone made the whole home safe, at {at}.": "Alguém pôs a casa toda em segurança, {at:at}.",
    "Someone made it quiet from elsewhere, at {at}.": "Alguém sossegou o quarto de longe, {at:at}.",
    "Someone made it quiet, at {at}.": "Alguém sossegou o quarto, {at:at}.",
}

_KEPT = {
    "the list of who was let in cannot be used ({error})": (
        "a lista de quem tem entrada não se consegue usar ({error})"
    ),
    "a file nobody else keeps busy": "um ficheiro que mais ninguém esteja a ocupar",
    "room for a few kilobytes": "espaço para alguns kilobytes",
    "a file this user may write to": "um ficheiro onde este utilizador possa escrever",
    "a database Evenfall wrote": "uma base de dados escrita pelo Evenfall",
    "free some space on the disk that keeps it": "liberte espaço no disco que a guarda",
    "give this user permission for it": "dê-lhe permissão para este utilizador",
    "move the file aside; screens are then let in anew with `evenfall pair`": (
        "ponha o ficheiro de lado; depois dê entrada aos ecrãs com `evenfall pair`"
    ),
    "a list of who was let in, written by a later Evenfall (version {version})": (
        "uma lista de quem tem entrada, escrita por um Evenfall mais novo (versão {version})"
    ),
    "version {version} or earlier": "a versão {version} ou anterior",
    "update Evenfall on this machine; nothing was changed": (
        "atualize o Evenfall nesta máquina; nada foi mudado"
    ),
    "the night log cannot be used ({error})": "o registo da noite não se consegue usar ({error})",
    "a file Evenfall can open and write": "um ficheiro que o Evenfall consiga abrir e escrever",
    "see that no other program holds it and that its folder exists": (
        "veja se nenhum outro programa o está a usar e se a pasta existe"
    ),
    "the disk that keeps the night log is full or failing ({error})": (
        "o disco que guarda o registo da noite está cheio ou a falhar ({error})"
    ),
    "room for a few megabytes": "espaço para alguns megabytes",
    "free some space, then run the night again; it goes on from what was written": (
        "liberte espaço e corra a noite outra vez; continua a partir do que foi escrito"
    ),
    "the night log cannot be written ({error})": (
        "o registo da noite não se consegue escrever ({error})"
    ),
    "a folder this user may write to": "uma pasta onde este utilizador possa escrever",
    "give the folder write permission, or choose another with --home": (
        "dê permissão de escrita à pasta, ou escolha outra com --home"
    ),
    "the night log is damaged ({error})": "o registo da noite está danificado ({error})",
    "move the file aside and keep it; Evenfall starts a new one": (
        "ponha o ficheiro de lado e guarde-o; o Evenfall começa outro"
    ),
    "a home written by a later Evenfall (version {version} of its database)": (
        "uma casa escrita por um Evenfall mais novo (versão {version} da base de dados)"
    ),
    "another program has taken over the night {night}": (
        "outro programa tomou conta da noite {night}"
    ),
    "one writer a night": "um só a escrever cada noite",
    "let the other one go on; this one has gone quiet": (
        "deixe o outro continuar; este já se calou"
    ),
    "a night that cannot be explained: {why}": "uma noite que não se consegue explicar: {why}",
    "rows that this version of Evenfall wrote or can replay": (
        "linhas que esta versão do Evenfall tenha escrito ou saiba repetir"
    ),
    "read it with the version that wrote it; nothing was changed": (
        "leia-a com a versão que a escreveu; nada foi mudado"
    ),
}

_DREAMS = {
    "something that is no drawing": "algo que não é um desenho",
    "a drawing as this page makes it": "um desenho como esta página os faz",
    "draw it again, or tell it in words": "desenhe outra vez, ou conte por palavras",
    "as many dreams as one book takes in a day": "tantos sonhos quantos um livro aceita num dia",
    "{most} a day at most": "no máximo {most} por dia",
    "tell it tomorrow, or put it on paper": "conte-o amanhã, ou ponha-o no papel",
}

_VOICES = {
    "a voice that is not kept for this room": "uma voz que não está guardada para este quarto",
    "one that is": "uma que esteja",
    "ask for that": "peça essa",
    "something that is no recording this hub knows": (
        "algo que não é uma gravação que a casa conheça"
    ),
    "record it again, or choose another file": "grave outra vez, ou escolha outro ficheiro",
    "a recording of more than 2 MB": "uma gravação com mais de 2 MB",
    "2 MB at most, about a minute": "no máximo 2 MB, cerca de um minuto",
    "M4A, WebM, Ogg, WAV or MP3": "M4A, WebM, Ogg, WAV ou MP3",
    "a recording that is called {called} and is {kind}": (
        "uma gravação que diz ser {called} e é {kind}"
    ),
    "one and the same": "uma só coisa",
    "a recording of {length} s": "uma gravação de {length} s",
    "{most} s at most": "no máximo {most} s",
    "a recording with nothing in it": "uma gravação sem nada dentro",
    "a voice": "uma voz",
    "a voice that is not kept here": "uma voz que não está guardada aqui",
    "one that has not been taken away": "uma que não tenha sido retirada",
    "load the page again; it shows those that are kept": (
        "carregue a página outra vez; ela mostra as que estão guardadas"
    ),
    "a recording of a child's voice, {name}'s, without a guardian's consent": (
        "uma gravação da voz de uma criança, {name}, sem o consentimento de quem cuida dela"
    ),
    "the consent of one of {name}'s guardians": (
        "o consentimento de um dos adultos que cuidam de {name}"
    ),
    "ask a guardian to keep it": "peça a um desses adultos que a guarde",
    "a recording of {name}'s voice that {name} has not said yes to": (
        "uma gravação da voz de {name} a que {name} não disse que sim"
    ),
    "{name}'s own yes, each time": "o sim de {name}, de cada vez",
    "ask {name}; a no is a no": "pergunte a {name}; um não é um não",
    "a voice of {name}'s that {name} has not agreed to": (
        "uma voz de {name} com que {name} não concordou"
    ),
    "{name}'s own yes": "o sim de {name}",
    "let {name} keep it": "deixe que seja {name} a guardá-la",
    "{count} voices that are kept for one person already": (
        "{count} vozes que já estão guardadas para uma só pessoa"
    ),
    "{most} at most": "no máximo {most}",
    "take one away first": "retire uma primeiro",
    "a voice that cannot be removed ({error})": "uma voz que não se consegue retirar ({error})",
    "give this user permission, then take it away again; nothing was changed": (
        "dê permissão a este utilizador e retire-a outra vez; nada foi mudado"
    ),
}

_LAMPS = {
    "The lamp doesn't answer. The story goes on.": "O candeeiro não responde. A história continua.",
    "The speaker doesn't answer. The story goes on.": "A coluna não responde. A história continua.",
    "The lamp has not been asked for anything yet.": "Ainda não se pediu nada ao candeeiro.",
    "The speaker has not been asked for anything yet.": "Ainda não se pediu nada à coluna.",
    "The lamp is on its way.": "O candeeiro vai a caminho.",
    "The speaker is on its way.": "A coluna vai a caminho.",
    "The lamp says it did as asked.": "O candeeiro diz que fez o que se pediu.",
    "The speaker says it did as asked.": "A coluna diz que fez o que se pediu.",
    "The lamp says something else than it was asked.": (
        "O candeeiro diz outra coisa, e não o que se pediu."
    ),
    "The speaker says something else than it was asked.": (
        "A coluna diz outra coisa, e não o que se pediu."
    ),
    "Someone set the lamp by hand. It stays that way, and tonight only gets less.": (
        "Alguém mexeu no candeeiro à mão. Assim fica, e esta noite só pode baixar."
    ),
    "Someone set the speaker by hand. It stays that way, and tonight only gets less.": (
        "Alguém mexeu na coluna à mão. Assim fica, e esta noite só pode baixar."
    ),
    "This lamp stays dim until Home Assistant's automation watches it: nothing else would fade it "
    "if Evenfall stopped.": (
        "Este candeeiro fica baixinho até a automação do Home Assistant olhar por ele: se o "
        "Evenfall parasse, mais nada o baixava."
    ),
    "This speaker stays quiet until Home Assistant's automation watches it: nothing else would "
    "hush it if Evenfall stopped.": (
        "Esta coluna fica baixinha até a automação do Home Assistant olhar por ela: se o Evenfall "
        "parasse, mais nada a calava."
    ),
    "This lamp stays dim until its own settings keep it dark after a power cut: now it would come "
    "back bright.": (
        "Este candeeiro fica baixinho até as definições dele o deixarem apagado depois de uma "
        "falha de luz: agora voltava aceso."
    ),
    "This speaker stays quiet until its own settings keep it silent after a power cut: now it "
    "would come back loud.": (
        "Esta coluna fica baixinha até as definições dela a deixarem calada depois de uma falha "
        "de luz: agora voltava alta."
    ),
    "The lamp stays dark: even its dimmest may be too bright for now.": (
        "O candeeiro fica apagado: mesmo no mínimo pode dar luz a mais para agora."
    ),
    "The speaker stays silent: even its quietest may be too loud for now.": (
        "A coluna fica calada: mesmo no mínimo pode soar alto demais para agora."
    ),
}

_CALLS = {
    "A touch at night calls nobody yet: no adult's phone is known here. A shout still works.": (
        "Um toque de noite ainda não chama ninguém: aqui não se conhece o telefone de nenhum "
        "adulto. Chamar em voz alta resulta sempre."
    ),
    "Nobody could be called at {at}: no adult's phone is known. A shout still works.": (
        "Não se conseguiu chamar ninguém {at:at}: não se conhece o telefone de nenhum adulto. "
        "Chamar em voz alta resulta sempre."
    ),
    "Nobody could be called at {at}. A shout still works.": (
        "Não se conseguiu chamar ninguém {at:at}. Chamar em voz alta resulta sempre."
    ),
    "{away} could not be called at {at}. {told} was.": (
        "Não se conseguiu chamar {away} {at:at}. Conseguiu-se {told}."
    ),
}

_EVENING = {
    "{what} may not run here: {found:again}; {expected:again}. The evening is told.": (
        "{what} não pode correr aqui: {found:again}; {expected:again}. O serão é contado."
    ),
    "someone under 12 months sleeps in this room": (
        "neste quarto dorme alguém com menos de 12 meses"
    ),
    "someone of {years} sleeps in this room": "neste quarto dorme alguém com {years} anos",
    "{title} is for {years} and over": "{title} é para quem tem {years} anos ou mais",
    "{count} people sleep in this room": "neste quarto dormem {count} pessoas",
    "{title} is for {count} at most": "{title} é para {count} no máximo",
    "{title} may immerse for {longest} min and the family agreed on {agreed}. The evening is "
    "told.": (
        "{title} pode levar {longest} min de mundo de sonho, e a família combinou {agreed}. O "
        "serão é contado."
    ),
    "{title} may immerse for {longest} min and of tonight's {agreed} {name} has {left} left. The "
    "evening is told.": (
        "{title} pode levar {longest} min de mundo de sonho, e dos {agreed} de hoje sobram {left} "
        "a {name}. O serão é contado."
    ),
    "{source} begins {at}.": "{source} começa em {at}.",
    "{source} holds no time of day: it is replayed from the planned lights-out.": (
        "{source} não guarda a hora do dia: é repetido a partir da hora planeada de apagar a luz."
    ),
    "The room around this recording is simulated; only the sleep is real.": (
        "O quarto à volta desta gravação é simulado; só o sono é verdadeiro."
    ),
    "Not born yet on that night: {names}.": "Ainda por nascer nessa noite: {names}.",
    "no time zone in the file: local time, with clock changes unknown": (
        "o ficheiro não diz o fuso horário: hora local, sem saber se a hora mudou"
    ),
    "worn on the {limb}: the sleep algorithms were made for the wrist": (
        "usado noutro sítio ({limb}): os cálculos do sono foram feitos para o pulso"
    ),
    "short: {length} min, less than a night": "curta: {length} min, menos do que uma noite",
    "gaps: {missing} of {all} epochs were not measured": (
        "falhas: {missing} de {all} momentos não foram medidos"
    ),
    "no movement at all for {hours} h: the device may have been off the wrist, and stillness is "
    "scored as sleep": (
        "nenhum movimento durante {hours} h: o aparelho pode ter estado fora do pulso, e a "
        "quietude conta como sono"
    ),
    "{unscored} of {all} epochs were not scored, movement time included": (
        "{unscored} de {all} momentos não foram classificados, incluindo o tempo a mexer"
    ),
    "{merged} epochs scored N4 are merged into N3, as the AASM does": (
        "{merged} momentos de N4 contam como N3, como faz a AASM"
    ),
    "stages 3 and 4 are merged into N3, as the AASM does": (
        "as fases 3 e 4 contam como N3, como faz a AASM"
    ),
    "some stages began off the 30 s grid and were moved to the nearest epoch": (
        "algumas fases começavam fora da grelha de 30 s e passaram para o momento mais próximo"
    ),
}

_MEASURED = {
    "not measured": "não medido",
    "not measured: no epoch was scored": "não medido: nada foi classificado",
    "none: no sleep was scored": "nenhum: não foi classificado sono",
    "not measured: when the light went out is only estimated": (
        "não medido: a hora a que a luz se apagou é só uma estimativa"
    ),
    "not measured: sleep was told from wake, its depth was not": (
        "não medido: distinguiu-se dormir de estar a pé, não a profundidade do sono"
    ),
    "none: no R was scored": "nenhum: não foi classificado R",
    "counted from the stages ({source}), as the AASM defines it": (
        "contado a partir das fases ({source}), como a AASM o define"
    ),
    "counted from the stages ({source}), as the AASM defines it; {unscored} min were not scored "
    "and count as neither wake nor sleep": (
        "contado a partir das fases ({source}), como a AASM o define; {unscored} min não foram "
        "classificados e não contam como sono nem como estar a pé"
    ),
    "{device}: sleep and wake told from movement by {how:again}": (
        "{device:again}: sono e estar a pé distinguidos pelo movimento, por {how:again}"
    ),
    "{device}: scored by a person; no stages of a child are shown here": (
        "{device:again}: classificado por uma pessoa; de uma criança não se mostram fases aqui"
    ),
    "{device}: a human scorer's stages, nothing estimated here": (
        "{device:again}: fases classificadas por uma pessoa, nada estimado aqui"
    ),
    "{device}: still or moving only, since no stager here was tested on anyone of {years}": (
        "{device:again}: só quieto ou a mexer, porque nada aqui foi experimentado com alguém de "
        "{years} anos"
    ),
    "wrist watch": "relógio de pulso",
    "a simulated wrist": "um pulso simulado",
    "polysomnography, scored by a person": "polissonografia, classificada por uma pessoa",
    "{name}, about 88 % as people scored it, on 41 adults of whom 23 had sleep or psychiatric "
    "disorders (Cole 1992, abstract), with another device": (
        "{name}: cerca de 88 % como as pessoas classificaram, em 41 adultos dos quais 23 tinham "
        "perturbações do sono ou psiquiátricas (Cole 1992, resumo), com outro aparelho"
    ),
    "{name}, 88 % as people scored it, κ 0.50, for an Actiwatch 2 on 20 adult good sleepers "
    "(Pigeon 2018, J Clin Sleep Med 14:1057, abstract); wake is told much worse than sleep": (
        "{name}: 88 % como as pessoas classificaram, κ 0,50, para um Actiwatch 2 em 20 adultos que "
        "dormem bem (Pigeon 2018, J Clin Sleep Med 14:1057, resumo); estar a pé distingue-se muito "
        "pior do que dormir"
    ),
    "{name}, none published for these counts": "{name}: nada publicado para estas contagens",
    "simulated sleepers, seed {seed}, night “{script}”": (
        "pessoas simuladas, semente {seed}, noite “{script}”"
    ),
    "no sensor": "nenhum sensor",
    "a rehearsal at a made-up hour": "um ensaio a uma hora inventada",
    "recording {source}": "gravação {source}",
}

_SOURCES = {
    "a rule of this house that no score can leave out": (
        "uma regra desta casa que nenhum serão pode deixar de fora"
    ),
    "tonight's plan": "o plano desta noite",
    "the score": "o guião do serão",
    "the people here": "as pessoas daqui",
    "this project's own choice": "escolha deste projeto",
    "care rule 5": "regra de cuidado 5",
    "WHO 1999 (sound, bedrooms); Brown et al. 2022 (light)": (
        "OMS 1999 (som, quartos); Brown et al. 2022 (luz)"
    ),
    "docs/reference/limits.md": "docs/reference/limits.md",
}

_MOMENTS = {
    "{what:again}, to “{scene}”": "{what:again}, para “{scene}”",
    "{why:again} ({source:again})": "{why:again} ({source:again})",
    "{why:again} ({source:again}, line {line} of {file})": (
        "{why:again} ({source:again}, linha {line} de {file})"
    ),
    "the evening began": "o serão começou",
    "someone began it": "alguém o começou",
    "nobody began, and it became night": "ninguém começou, e fez-se noite",
    "a dimmed room waits three hours at most": "um quarto a meia-luz espera no máximo três horas",
    "the evening went on": "o serão continuou",
    "this scene's longest stay was over": "o tempo mais longo desta parte tinha acabado",
    "the evening went on, more quietly": "o serão continuou, mais baixo",
    "sleep had lasted as long as the scene waits for": (
        "o sono já durava o tempo por que esta parte espera"
    ),
    "a touch led on": "um toque levou adiante",
    "this scene goes on at a touch": "esta parte avança com um toque",
    "a door was chosen": "foi escolhida uma porta",
    "this scene has a door to choose": "esta parte tem uma porta para escolher",
    "a breather: the real room for a moment": "um respiro: o quarto verdadeiro por um momento",
    "immersion never lasts longer than its scene allows": (
        "o mundo de sonho nunca dura mais do que a sua parte deixa"
    ),
    "the story went on": "a história continuou",
    "the breather had lasted; the scene takes up what was left of its stay": (
        "o respiro tinha durado; a parte retoma o tempo que lhe faltava"
    ),
    "a sensor was lost, so what was waiting for sleep stopped waiting": (
        "perdeu-se um sensor, e o que esperava pelo sono deixou de esperar"
    ),
    "someone stopped it: dark and quiet for the rest of the night": (
        "alguém parou: escuro e calmo até ao fim da noite"
    ),
    "anyone may stop anything, at any time": "qualquer pessoa pode parar tudo, a qualquer hora",
    "a no: the machine's part ended and the told evening went on": (
        "um não: a parte da máquina acabou e o serão contado continuou"
    ),
    "a no is honoured and never argued with": "um não respeita-se e nunca se discute",
    "the told light went out": "a luz do serão contado apagou-se",
    "after a no, the told light stays an hour at most": (
        "depois de um não, a luz do serão contado fica no máximo uma hora"
    ),
    "paused: dark and quiet": "em pausa: escuro e calmo",
    "someone asked for a pause": "alguém pediu uma pausa",
    "went on after the pause": "continuou depois da pausa",
    "someone asked to go on": "alguém pediu para continuar",
    "the pause became the night": "a pausa fez-se noite",
    "a pause lasts 15 minutes at most": "uma pausa dura no máximo 15 minutos",
    "a guardian quieted the room": "um dos adultos da criança sossegou o quarto",
    "{name} quieted the room": "{name} sossegou o quarto",
    "{name} stopped it: dark and quiet for the rest of the night": (
        "{name} parou: escuro e calmo até ao fim da noite"
    ),
    "a guardian's word from elsewhere may only quieten": (
        "de fora do quarto só se pode sossegar, nunca acender nem aumentar"
    ),
    "something of the house failed: everything faded, and an adult was told": (
        "alguma coisa da casa falhou: tudo se apagou devagar, e avisou-se um adulto"
    ),
    "where the house cannot keep what it promised, the room is left to itself": (
        "onde a casa não pode cumprir o que prometeu, o quarto fica entregue a si"
    ),
    "someone called for help: everything faded, and an adult was told": (
        "alguém pediu ajuda: tudo se apagou devagar, e avisou-se um adulto"
    ),
    "who calls gets a person; the house does nothing but step back": (
        "quem chama tem uma pessoa; a casa não faz mais do que sair da frente"
    ),
    "heart and movement were high for a while: everything faded, and an adult was told": (
        "o coração e os movimentos estiveram altos algum tempo: tudo se apagou devagar, e "
        "avisou-se um adulto"
    ),
    "it may be a bad dream or nothing at all; no voice, light or waking follows by itself": (
        "pode ser um sonho mau ou não ser nada; nenhuma voz, luz ou despertar vem por si"
    ),
    "lights out": "luz apagada",
    "it was time, as the plan says": "eram horas, como diz o plano",
    "something quieter came instead": "veio antes algo mais sossegado",
    "what should have come is more than a sleeper in the room may have": (
        "o que devia vir é mais do que pode ter quem dorme no quarto"
    ),
    "the dawn began": "começou a amanhecer",
    "it takes half an hour, up to the planned wake": (
        "leva meia hora, até à hora planeada de acordar"
    ),
    "the dawn was put off": "o amanhecer foi adiado",
    "the wake was moved": "mudou a hora de acordar",
    "a touch in the night: answered by a dim glow": "um toque na noite: respondeu uma luz ténue",
    "who touches the page at night gets a dim light, and a child's guardians are told": (
        "quem toca na página de noite tem uma luz ténue, e avisa-se quem cuida da criança"
    ),
    "a familiar voice answered": "respondeu uma voz conhecida",
    "someone who had touched the page asked for it; no voice ever starts by itself": (
        "pediu-a quem tinha tocado na página; nenhuma voz começa sozinha"
    ),
    "a sensor was lost": "perdeu-se um sensor",
    "it gave nothing; what is not measured is not guessed": (
        "não deu nada; o que não se mede não se adivinha"
    ),
    "the sensor was back": "o sensor voltou",
    "it gave something": "deu alguma coisa",
    "a lamp or speaker did not answer": "um candeeiro ou uma coluna não respondeu",
    "the evening goes on without it": "o serão continua sem isso",
    "the lamp or speaker answered again": "o candeeiro ou a coluna voltou a responder",
    "it was asked again": "pediu-se outra vez",
    "something too bright or too loud was refused": (
        "recusou-se algo com luz a mais ou alto demais"
    ),
    "the strictest limit in the room binds everyone": (
        "o limite mais apertado do quarto vale para todos"
    ),
    "the hub had been away; the night went on in quiet": (
        "a casa tinha estado ausente; a noite continuou em sossego"
    ),
    "a gap longer than a lease resumes in quiet": (
        "uma ausência mais longa do que a casa promete retoma-se em sossego"
    ),
    "the night was taken up again and kept dark and quiet": (
        "a noite foi retomada e ficou escura e calma"
    ),
    "what was written before could not be trusted": (
        "não se podia confiar no que estava escrito antes"
    ),
    "someone was up": "alguém estava a pé",
    "they said so": "disse-o",
}

BOOK = {
    **_HUB,
    **_EMERGENCY,
    **_DOOR,
    **_ACCESS,
    **_ACTS,
    **_KEPT,
    **_DREAMS,
    **_VOICES,
    **_LAMPS,
    **_CALLS,
    **_EVENING,
    **_MEASURED,
    **_SOURCES,
    **_MOMENTS,
}
