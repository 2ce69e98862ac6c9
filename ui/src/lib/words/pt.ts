// Português europeu.

import type { Catalogue } from './en';

function lista(nomes: string[]): string {
  if (nomes.length < 2) return nomes.join('');
  return `${nomes.slice(0, -1).join(', ')} e ${nomes[nomes.length - 1]}`;
}

const PASSOS: Record<string, string> = {
  bath: 'Banho',
  teeth: 'Dentes',
  story: 'História',
  song: 'Canção',
  stars: 'Estrelas',
  'lights out': 'Apagar a luz',
  pyjamas: 'Pijama',
  read: 'Leitura',
  'tidy up': 'Arrumar',
  'wash up': 'Lavar a loiça',
  'wash and teeth': 'Lavar a cara e os dentes',
};

function passo(o: string): string {
  return PASSOS[o.toLowerCase()] ?? o.charAt(0).toUpperCase() + o.slice(1);
}

function minutos(n: number): string {
  return n === 1 ? 'um minuto' : `${n} minutos`;
}

/** Um número como se escreve cá. */
function virgula(n: string): string {
  return n.replace('.', ',');
}

export const pt: Catalogue = {
  home: 'Esta noite',
  loading: 'A espreitar…',
  notKnown: 'A casa ainda não conhece esta página. Abra o endereço da própria casa neste aparelho.',

  inMinutes: (o, n) => `${o} daqui a ${n} min`,
  atTime: (o, hora) => `${o} às ${hora}`,
  step: passo,
  storyWord: 'História',
  lightsOutWord: 'Apagar a luz',
  morningWord: 'Manhã',
  forWhom: (nomes) => `para ${lista(nomes)}`,
  nothingNext: 'Não há mais nada a fazer.',
  everyone: 'A noite de todos',
  lineOf: (nome, calma, historia, luz, acordar) =>
    `${nome}: a acalmar desde as ${calma}, ${historia ? `história às ${historia}, ` : ''}luz apagada às ${luz}, acordar às ${acordar}.`,
  isDark: 'luz apagada',
  isNight: 'noite',
  storyMark: 'história',
  outMark: 'apagar a luz',
  roomStopped: (quarto) => `${quarto}: parou, por hoje.`,
  roomPaused: (quarto) => `${quarto}: em pausa.`,
  roomTold: (quarto) => `${quarto}: hoje não. O resto é vosso.`,
  isUp: 'a pé',
  why: 'Porquê?',
  whyTitle: 'Porquê estas horas',
  change: 'Mudar esta noite',
  begin: 'Começar',
  beginIn: (quarto) => `Começar: ${quarto}`,
  toBedside: (quarto) => `Cabeceira: ${quarto}`,
  toMorning: 'Bom dia',
  skipWake: (nomes) => `Deixar dormir amanhã: ${lista(nomes)}`,
  skipped: (nomes) => `Amanhã nada acorda ${lista(nomes)}. O resto fica.`,
  saysNo: (nome) => `${nome} hoje diz que não`,
  saidNo: (nome) => `Está bem, ${nome}. O resto do serão é vosso.`,
  noChange: 'De momento não há nada a mudar.',
  changeMore: 'Este ecrã, e mais',
  madeUp: 'A hora é inventada: ninguém vai mesmo para a cama.',
  paperTonight: (quarto) => `${quarto}: serão de papel. Um livro, um candeeiro, nenhum ecrã.`,
  settings: 'Este ecrã',
  languageTitle: 'Língua',
  nightLight: 'Este ecrã é a luz de presença combinada',
  nightLightOn: 'Sim, este ecrã é a nossa luz de presença',
  lightTitle: 'Quanta luz é esta?',
  lightNow: (lx) =>
    `Com o brilho no máximo, esta página dá no máximo cerca de ${virgula(lx)} lx melanópicos ao olho. É suposto, não medido: um ecrã muito brilhante, a 30 cm.`,
  lightEmber: (lx) =>
    `A brasa da cabeceira junta no máximo ${virgula(lx)} lx, supostos da mesma maneira.`,
  soundTitle: 'Que volume tem?',
  soundNow: (maximo, cheio) =>
    `Nunca mais alto do que uma conversa baixa: no máximo ${maximo} dBA na almofada. É suposto, não medido: um telefone forte, ${cheio} dBA com tudo no máximo, a 30 cm. Com uma coluna maior, ninguém sabe.`,
  addressTitle: 'O que este endereço não consegue',
  addressPlain:
    'Por este endereço não se consegue manter o ecrã aceso nem guardar a página para quando a casa não está. Ponha o ecrã a apagar só ao fim de uma hora.',
  addressFull: 'Aqui não falta nada.',

  // Coming in
  pairTitle: 'A casa ainda não conhece este ecrã.',
  pairAgain: (quem) => `${quem} Com palavras novas passa a ser o que elas dizem.`,
  pairAsk: 'Quatro palavras, de um ecrã que já entrou ou da janela onde o Evenfall foi ligado',
  pairLink: 'São as palavras que vieram com a imagem. Servem uma vez.',
  pairCount: (n) =>
    `São precisas quatro palavras.${n === 0 ? '' : n === 1 ? ' Aqui está uma.' : ` Aqui estão ${n}.`}`,
  screenName: 'Como se chama este ecrã',
  screenGuess: { phone: 'Telefone', tablet: 'Tablet', computer: 'Computador' },
  pairDo: 'Deixar entrar este ecrã',
  guardTitle: 'Este ecrã já entrou.',
  guardChanged:
    'Quem vela pela luz e pelo som desta casa não é quem este ecrã conhecia. É assim depois de uma mudança de máquina, ou quando a sua chave foi feita de novo. Se ninguém em casa fez isso, ponha este ecrã de lado e veja a máquina do Evenfall.',
  guardOther:
    'A imagem ou a ligação veio de outra máquina que não a que aqui responde. Por isso este ecrã fica escuro e calado, até entrar de novo por uma ligação feita na própria máquina do Evenfall.',
  comingIn: 'A perguntar à casa…',
  lostAsking: 'A casa não responde. Tente outra vez daqui a pouco.',
  otherWays: 'Tenho uma frase-passe',
  otherWaysToo: 'Tenho uma frase-passe ou uma chave de acesso',
  noOtherWays:
    'Uma frase-passe passaria às claras pela rede da casa, e as chaves de acesso precisam de um endereço fechado: aqui nenhuma abre nada. Quatro palavras de uma cabeceira abrem o serão inteiro.',
  lockedTo: (endereco) => `Ir ao endereço fechado, ${endereco}`,
  signInName: 'Nome',
  signInPhrase: 'Frase-passe',
  showPhrase: 'Mostrar o que escrevo',
  signIn: 'Entrar',
  usePasskey: 'Usar uma chave de acesso',
  noPasskey: 'Não foi usada nenhuma chave de acesso. Nada mudou.',
  endedTitle: 'É preciso deixar entrar este ecrã outra vez.',
  endedMore: 'Entrou por algum tempo, e esse tempo acabou. Parar continua a funcionar.',
  endedDo: 'Deixá-lo entrar outra vez',
  stopIn: (quarto) => `Parar: ${quarto}`,
  stoppedIn: (quarto) => `${quarto}: está tudo calmo.`,
  stopWaits: (quarto) =>
    `A casa ainda não ouviu (${quarto}) e vai saber. O interruptor do candeeiro também serve.`,
  stopNotHere: (quarto) =>
    `Este ecrã já não pode parar: ${quarto}. Outro ecrã pode, e o interruptor do candeeiro também.`,
  nobodyYet:
    'Ainda ninguém entrou. As quatro palavras estão na janela onde o Evenfall foi ligado, ou faz-as lá ‘evenfall pair’.',
  whoMember: (nome) => `Este é o ecrã de ${nome}.`,
  whoDevice: (quarto) =>
    quarto ? `Este é um ecrã de cabeceira: ${quarto}.` : 'Este é um ecrã de cabeceira, de todos os quartos.', // prettier-ignore
  whoGuest: 'Este é o ecrã de uma visita.',
  becomeOwn: 'Fazer dele o ecrã de alguém',
  signOut: 'Sair neste ecrã',
  signOutSure: 'Sim, sair',
  secretsTitle: 'Frase-passe e chaves de acesso',
  phraseNew: 'Uma frase-passe sua, com dez letras ou mais',
  phraseWhy: 'Serve para entrar num ecrã sem as quatro palavras. Bastam umas palavras vulgares.',
  keepIt: 'Guardar',
  phraseKept: 'Guardada. Uma anterior já não abre nada.',
  passkeyWhy:
    'Com uma chave de acesso, este aparelho entra pelo seu próprio fecho: um dedo ou o rosto.',
  passkeyMake: 'Fazer aqui uma chave de acesso',
  passkeyMade: 'Feita. Serve a partir da próxima vez.',
  passkeyRow: (nome, dia) => `${nome}, feita ${dia}`,
  takeAway: 'Retirar',
  takeAwaySure: 'Sim, retirar',
  againWhy: 'O que abre tudo o que é seu só o faz quem tenha entrado aqui nos últimos dez minutos.',
  againDo: 'Entrar aqui mais uma vez',
  leaveIt: 'Deixar estar',
  addressOpen:
    'O que passa por este endereço pode ser lido por quem estiver na rede da casa. Por isso está aqui o serão inteiro e nada de privado: os números da manhã, o livro de sonhos e as gravações precisam do endereço fechado.',
  addressNoLock: 'Esta casa ainda não tem endereço fechado.',
  addressTrust:
    'Para este aparelho reconhecer a casa, dê-lhe uma vez o certificado dela. Responde por esta casa e por mais nada.',
  addressTrustGet: 'Buscar o certificado',
  screensTitle: 'Ecrãs que entraram',
  screensOf: (nome) => `Ecrãs que podem ler como ${nome}`,
  screensRead: (nome) =>
    `Quem tiver um destes pode ler o livro de sonhos de ${nome}. Em cada um está quem o deixou entrar.`,
  screenOver: 'O tempo dele acabou. Ainda pode parar uma noite, até alguém o tirar.',
  screensNotHere: 'Este endereço não mostra a lista dos ecrãs. O endereço fechado mostra.',
  screensNotYours: 'A lista dos ecrãs é de quem vive aqui, no seu próprio ecrã.',
  screensNone: 'Ainda não entrou nenhum ecrã.',
  screenThis: 'este',
  screenWho: {
    device: 'Cabeceira, todos os quartos',
    guest: 'Uma visita',
    here: 'na própria máquina da casa',
    plain: 'só o serão',
    locked: 'pelo endereço fechado',
  },
  screenRoom: (quarto) => `Cabeceira, ${quarto}`,
  screenOf: (nome) => `De ${nome}`,
  screenSince: (entrou, por, visto) =>
    `Entrou ${entrou}${por ? `, por ${por}` : ''}; esteve aqui ${visto}.`,
  dates: 'pt-PT',
  dayAgo: (ha, data) => (ha === 0 ? 'hoje' : ha === 1 ? 'ontem' : `a ${data}`),
  dayAt: (dia, hora) => `${dia} às ${hora}`,
  screenEnd: 'Tirar',
  screenEndSure: 'Sim, tirar',
  screenEnded: (nome) => `${nome} já não entra.`,
  invite: 'Deixar entrar um ecrã',
  inviteWhose: 'De quem é o ecrã?',
  inviteMember: 'De alguém que vive aqui',
  inviteDevice: 'De uma cabeceira',
  inviteGuest: 'De uma visita, até amanhã',
  inviteWho: 'Quem é?',
  inviteRoom: 'Em que quarto?',
  everyRoom: 'Todos os quartos',
  inviteWords: 'Quatro palavras',
  inviteQr: 'As mesmas quatro palavras, numa imagem para a câmara de um telefone',
  inviteHow: (endereco) =>
    `Aponte a câmara do outro ecrã para aqui. Ou abra nele ${endereco} e escreva as quatro palavras.`,
  invitePlain: (endereco) =>
    `Um ecrã que ainda não tenha o certificado da casa usa ${endereco}, para o serão.`,
  inviteUntil: (hora) => `Servem uma vez, até às ${hora}.`,
  inviteFor: (n) => `Servem uma vez, ainda durante ${minutos(n)}.`,
  inviteOver: 'Estas palavras já não abrem nada.',
  inviteAgain: 'Palavras novas',
  inviteUsed: (nome) => `${nome} já entrou.`,
  done: 'Pronto',

  lostTonight: (hora) => `A casa não responde. Era assim às ${hora}.`,
  lostStory:
    'A casa não responde. A história continua: as palavras estão aqui. A luz e o som apagam-se sozinhos.',
  lostBedside: 'A casa não responde. O serão continua como sempre, sem ela.',
  lostCalled: 'A casa não ouve. Chama em voz alta; alguém vem.',
  lostMorning: 'A casa não responde. O que escrever fica aqui até ela responder.',
  lostNever: 'A casa ainda não responde. Até lá, um livro e um candeeiro chegam.',
  distrusts: {
    unsure:
      'Este ecrã não tem a certeza de que o que ouve é mesmo da casa, por isso fica escuro e calado. Para o resolver, deixem-no entrar de novo a partir da própria máquina do Evenfall.',
    clock:
      'O relógio deste ecrã e o da casa não andam juntos, por isso fica escuro e calado. Acertem o que está errado, ou deixem este ecrã entrar de novo.',
  },
  wordsYours: 'A casa esteve ausente. A parte dela acabou; as palavras ficam, e são vossas.',
  moreSaid: (n) => `mais ${n} para dizer`,
  noRoom: 'Não há nenhum quarto com esse nome.',
  back: 'Esta noite',

  bedside: (quarto) => `Cabeceira, ${quarto}`,
  ritual: 'Antes da história',
  ritualStep: (o, n, de) => `${o}, ${n} de ${de}`,
  ritualDone: (o) => `${o}. Feito, ao seguinte.`,
  about: (n) => `cerca de ${minutos(n)}`,
  beginStory: 'Começar a história',
  beginEvening: 'Começar',
  early: (hora) => `O serão começa às ${hora}.`,
  earlyOpen: 'O serão ainda não começou.',
  paper: 'Noite de papel. Pegue no livro, baixe o candeeiro.',
  line: (n, de) => `Linha ${n} de ${de}`,
  nextLine: 'Linha seguinte',
  toldInEnglish: 'A história é contada em inglês.',
  goOn: 'Continuar',
  doors: 'Onde queres estar?',
  door: (nome) => nome.charAt(0).toUpperCase() + nome.slice(1),
  breather: 'Um respiro',
  quiet: 'Agora é só ouvir.',
  quietDark: 'Não há mais nada a dizer.',
  pause: 'Pausa',
  paused: 'Em pausa. Está escuro e calmo.',
  pausedLit: 'Em pausa. Só a luz de presença está acesa.',
  pausedMore: 'Passado um quarto de hora o serão acaba sozinho.',
  resume: 'Continuar',
  no: 'Não quero mais',
  notTonight: 'Hoje não',
  told: 'O resto é vosso.',
  toldMore: 'Aqui nada vai tocar. Conte, cante, ou fique só um pouco.',
  lightsOutFor: (nome) => `Apagar a luz, ${nome}`,
  stop: 'Parar',
  holdToStop: 'segurar para parar',
  stopped: 'Parou.',
  stoppedMore: 'Escuro e calmo até de manhã. Estás aqui, e isso basta.',
  stoppedLit: 'Calmo até de manhã, só com a luz de presença. Estás aqui, e isso basta.',
  stopUnsent: 'Aqui está tudo calmo. A casa ainda não ouviu e vai saber.',
  faceDown: 'Virado para baixo, fora da cama.',
  faceDownMore: 'Chama, se precisares de alguém.',
  touchCalls: 'Toca-me de noite, e chama-se alguém.',
  callSomeone: 'Chamar alguém',
  helpShort: 'Ajuda',
  helpCall: 'Pedir ajuda',
  helpIn: (quarto) => `Pedir ajuda: ${quarto}`,
  helpTold: (nomes) => `O aviso vai a caminho: ${lista(nomes)}.`,
  helpNobody: 'Não se conhece aqui o telefone de nenhum adulto. Chama em voz alta; alguém vem.',
  coming: 'Já vem alguém.',
  calling: 'A chamar…',
  isItMorning: 'Já é de manhã?',
  almost: {
    'not-yet': 'Ainda não. Ainda é noite.',
    nearly: 'Quase. Só mais um bocadinho.',
    yes: 'Sim. Já é de manhã.',
  },
  weAreUp: (nome) => `${nome} já está a pé`,
  touchForSound: 'Toque uma vez para ouvir.',
  keys: 'Espaço ou seta direita para a linha seguinte, Escape para parar.',

  afarTitle: 'De onde está',
  afarWhy:
    'Está longe de casa. Daí um quarto pode ser sossegado, e nada pode ficar mais claro nem mais alto. Quem está no quarto vê que foi você.',
  afarHere: 'Isto sossega quartos a partir daqui. Quem lá está vê que foi você.',
  quietNow: (quarto) => `Sossegar já: ${quarto}`,
  allSafe: 'Tudo em segurança',
  allSafeSure: 'Sim, todos os quartos, até ao fim da noite',
  goodNight: 'Dizer boa noite',
  goodNightWhy:
    'Aparece na cabeceira, uma hora no máximo. Não toca nada, e ninguém tem de responder.',
  goodNightTo: (nomes) => `Perguntar a ${lista(nomes)}`,
  actIsQuiet: (quarto) => `${quarto}: está sossegado. A manhã fica como estava planeada.`,
  actIsStopped: (quarto) => `${quarto}: escuro e calmo, até ao fim da noite.`,
  actAllStopped: 'Todos os quartos estão escuros e calmos, até ao fim da noite.',
  actIsTold: (quarto) => `${quarto}: já se pode ver.`,
  actWaits: (quarto) => `${quarto}: não respondeu. Telefone a quem está lá.`,
  actSilent: (quantos) =>
    quantos === 1
      ? 'Um candeeiro ou coluna não responde.'
      : `${quantos} candeeiros ou colunas não respondem.`,
  actLost: 'A casa não responde, e por isso nada foi feito. Telefone a quem está lá.',
  actQuiet: (quem, longe, hora) =>
    `${quem || 'Alguém'} sossegou o quarto${longe ? ' de longe' : ''}, ${hora}.`,
  actRelease: (quem, longe, hora) =>
    `${quem || 'Alguém'} pôs tudo em segurança${longe ? ' de longe' : ''}, ${hora}.`,
  actInvite: (quem) => `${quem || 'Alguém'} gostava de dizer boa noite, quando quiseres.`,
  actInRoom: (quarto, dito) => `${quarto}: ${dito}`,
  waveAway: 'Agora não',

  anewTitle: 'Recomeçar',
  anewWhy: (quarto) =>
    `Algo correu mal (${quarto}): ficou tudo em sossego, e assim fica. Ao recomeçar, um serão novo espera ali, e nada toca até alguém o começar.`,
  anew: 'Recomeçar',
  anewIn: (quarto) => `Recomeçar: ${quarto}`,
  anewDone: (quarto) => `Há um serão novo à espera: ${quarto}.`,
  anewLost: 'A casa não responde, e por isso nada mudou.',

  worryAsk: 'Há alguma coisa que o preocupe?',
  worryWhy:
    'Se é a respiração ou uma convulsão, e é agora: ligue primeiro para o 112. Se não, o que viu e um médico quereria ouvir. A casa não mede nada disto, e o seu silêncio nada diz.',
  worrySigns: {
    'snoring-most-nights': 'Ressonar na maioria das noites',
    'breathing-pauses': 'Pausas na respiração',
    gasping: 'Engasgar-se ou procurar ar a dormir',
    'hurt-in-sleep': 'Magoar-se a dormir',
    'very-sleepy-by-day': 'Muito sono durante o dia',
    'low-mood': 'Uma tristeza que não passa',
    'turned-blue': 'Ficar com a pele azulada',
    'struggled-to-breathe': 'Dificuldade em respirar',
    'first-seizure': 'Uma primeira convulsão',
  },
  worrySeen: 'Já falei com um médico',
  worryOver: 'Fica registado. A partir do próximo serão volta tudo a ser como planeou.',
  worryLost:
    'A casa não responde. Ligue a um médico na mesma; se for urgente, ligue já para o 112.',

  goodMorning: (nome) => `Bom dia, ${nome}`,
  someoneElse: 'Outra pessoa',
  howWasIt: 'Como foi?',
  felt: { rough: 'Difícil', 'all-right': 'Assim-assim', good: 'Boa' },
  feltKept: (como) => `${como}. Fica anotado.`,
  feltOwn: 'A resposta é de cada um.',
  feltWaits: 'Anotado aqui. A casa fica a saber quando responder.',
  dream: 'Um sonho? Conta ou desenha',
  dreamPrivate: (nome) => `Vai para o livro de ${nome}, e de mais ninguém. Ninguém o explica.`,
  dreamWords: 'O sonho, em palavras',
  dreamDraw: 'O sonho, desenhado. Desenha com o dedo; as palavras vão na caixa acima.',
  dreamKeep: 'Guardar',
  dreamClear: 'Apagar o desenho',
  dreamKept: 'Guardado.',
  dreamTooBig: 'O desenho é grande demais para guardar. Apaga-o e faz um mais pequeno.',
  dreamBook: 'O meu livro de sonhos',
  dreamBookClosed: 'O livro só se abre a quem é dele. Entre como essa pessoa no seu ecrã.',
  dreamBookEmpty: 'Ainda não tem sonhos.',
  dreamDrawn: 'Um desenho',
  know: 'O que sabemos',
  notMeasured: 'não medido',
  estimated: 'Esta noite foi estimada, não vista: os números são aproximados.',
  howKnown: 'Como se sabe',
  nothingMeasured: 'Esta noite não foi medida. Sabemos como foi por quem a dormiu.',
  immersion: (usados, combinados) =>
    usados === 0
      ? `Nenhum mundo de sonho esta noite. Combinaram até ${minutos(combinados)}.`
      : `Cerca de ${minutos(usados)} no mundo de sonho, dos ${combinados} que combinaram.`,
  statistic: (o, valor) => `${o}: ${valor}.`,
  aboutValue: (valor, unidade) =>
    unidade === 'count' ? `cerca de ${valor} vezes` : `cerca de ${valor} ${unidade}`.trim(),
  stages: 'A noite por fases, estimadas',
  movement: 'Quieto ou a mexer',
  movementWords: (parte) => `A mexer em cerca de ${parte} de cada 100 meios minutos.`,
  stillMoving: ['quieto', 'a mexer'],
  stageNames: ['acordado', 'REM', 'N1', 'N2', 'N3'],
  noMorning: 'Ainda não há nenhuma noite para devolver.',
  simulatedNight: 'Esta noite é inventada: pessoas e quartos simulados.',

  // Voices and books
  whoseMorning: 'De quem é esta manhã?',
  callLost: 'Nenhum telefone respondeu. Chama em voz alta; alguém vem.',
  callNobody: 'Chama em voz alta; alguém vem.',
  touchAlone: 'Toca-me de noite, e acende-se uma luz pequena.',
  restOwn: 'O que a noite mediu, e o livro de sonhos, estão no ecrã de cada um.',
  restPrivate:
    'O que a noite mediu, e o livro de sonhos, são privados, e este endereço não é. Abrem-se no endereço fechado.',
  guestMorning: 'Bom dia. O ecrã de uma visita não guarda nada da noite.',
  dreamOut: 'Tirar esta página',
  dreamOutSure: 'Tirar de vez',
  dreamOutDone: 'A página já não está no livro.',
  voicesTitle: 'Uma voz para a noite',
  voicesWhy:
    'Quando uma criança acorda e toca na cabeceira, chama-se alguém. Até lá, uma voz guardada aqui pode fazer companhia: quando a criança a pede, e nunca por si só.',
  voicesKept: 'Guardadas agora',
  voicesNone: 'Ainda não há nenhuma voz guardada.',
  voicesToHear: 'Uma voz, até alguém chegar',
  voiceOf: (nome, quem) => `${nome}${quem ? `, para ${quem}` : ''}`,
  voiceLength: (n) => (n === 1 ? 'um segundo' : `${n} segundos`),
  voiceFailed: 'A voz agora não se ouve.',
  voiceGone: 'Já não está aqui nem em nenhuma cabeceira.',
  voicesLost: 'A casa não responde. Nada se perdeu: tente outra vez daqui a pouco.',
  voicesPrivate:
    'Por este endereço a rede da casa podia ouvir, por isso aqui não se grava nem se escolhe nenhuma voz. O endereço fechado faz as duas coisas.',
  voicesNotYours: 'Quem guarda uma voz é um adulto desta casa, no seu próprio ecrã.',
  recordFor: 'Para quem é?',
  recordForOne: (nome) => `Para ${nome}`,
  recordSay: 'Até um minuto. Chega o que diz ao fechar a porta à noite.',
  recordStart: 'Gravar',
  recordStop: 'É tudo',
  recordLeft: (n) => (n === 1 ? 'falta um segundo' : `faltam ${n} segundos`),
  recordOn: 'A ouvir. Fale tão baixo como à hora de deitar.',
  recordChoose: 'Escolher uma gravação',
  recordHear: 'Ouvir',
  recordHush: 'Calar',
  recordAgain: 'Fazer outra vez',
  recordKeep: (nome) => `Guardar para ${nome}`,
  recordConsent:
    'Fica nesta casa. Nunca serve para fazer outra voz, e nenhuma máquina aprende com ela. Ao guardá-la aceita que toque à noite quando for pedida; pode tirá-la quando quiser.',
  recordDone: (nome) => `Guardada. A partir de agora ${nome} pode pedi-la à noite.`,
  recordLong: 'Tem mais de um minuto. Escolha uma mais curta, ou grave aqui.',
  recordUnread:
    'Este ecrã não consegue ler esse ficheiro. Serve um m4a, mp3 ou wav, ou grave aqui.',
  recordSilent: 'Não se ouve nada. Tente outra vez, um pouco mais perto.',
  recordRefused:
    'O navegador não deixou esta página ouvir. Autorize o microfone para este endereço, ou escolha uma gravação.',
  recordCannot:
    'Este navegador não consegue gravar neste endereço. Serve uma gravação feita noutro sítio.',
  recordReading: 'Um momento…',
};
