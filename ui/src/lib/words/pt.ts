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
};

function passo(o: string): string {
  return PASSOS[o.toLowerCase()] ?? o.charAt(0).toUpperCase() + o.slice(1);
}

function minutos(n: number): string {
  return n === 1 ? 'um minuto' : `${n} minutos`;
}

export const pt: Catalogue = {
  language: 'Português',
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
  isUp: 'a pé',
  why: 'Porquê?',
  whyTitle: 'Porquê estas horas',
  change: 'Mudar esta noite',
  begin: 'Começar',
  beginIn: (quarto) => `Começar: ${quarto}`,
  toBedside: (quarto) => `Ir a: ${quarto}`,
  toMorning: 'Bom dia',
  skipWake: (nomes) => `Deixar dormir amanhã: ${lista(nomes)}`,
  skipped: (nomes) => `Amanhã nada acorda ${lista(nomes)}. O resto fica.`,
  saysNo: (nome) => `${nome} hoje diz que não`,
  saidNo: (nome) => `Está bem, ${nome}. O resto do serão é vosso.`,
  noChange: 'De momento não há nada a mudar.',
  otherRooms: 'Outros quartos',
  madeUp: 'A hora é inventada: ninguém vai mesmo para a cama.',
  paperTonight: (quarto) => `${quarto}: serão de papel. Um livro, um candeeiro, nenhum ecrã.`,
  settings: 'Este ecrã',
  languageTitle: 'Língua',
  nightLight: 'Este ecrã é a luz de presença combinada',
  nightLightOn: 'Sim, este ecrã é a nossa luz de presença',
  lightTitle: 'Quanta luz é esta?',
  lightNow: (lx) =>
    `Com o brilho no máximo, esta página dá no máximo cerca de ${lx} lx melanópicos ao olho. É suposto, não medido: um ecrã muito brilhante, a 30 cm.`,
  lightEmber: (lx) => `A brasa da cabeceira junta no máximo ${lx} lx, supostos da mesma maneira.`,
  soundTitle: 'Que volume tem?',
  soundNow: (maximo, cheio) =>
    `Nunca mais alto do que uma conversa baixa: no máximo ${maximo} dBA na almofada. É suposto, não medido: um telefone forte, ${cheio} dBA com tudo no máximo, a 30 cm. Com uma coluna maior, ninguém sabe.`,
  addressTitle: 'O que este endereço não consegue',
  addressPlain:
    'Por este endereço não se consegue manter o ecrã aceso nem guardar a página para quando a casa não está. Ponha o ecrã a apagar só ao fim de uma hora. O resto funciona.',
  addressFull: 'Aqui não falta nada.',

  lostTonight: (hora) => `A casa não responde. Era assim às ${hora}.`,
  lostStory:
    'A casa não responde. A história continua: as palavras estão aqui. A luz e o som apagam-se sozinhos.',
  lostBedside: 'A casa não responde. O serão continua como sempre, sem ela.',
  lostCalled: 'A casa não ouve. Chama em voz alta; alguém vem.',
  lostMorning: 'A casa não responde. O que escrever fica aqui até ela responder.',
  lostNever: 'A casa ainda não responde. Até lá, um livro e um candeeiro chegam.',
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
  goOn: 'Continuar',
  doors: 'Onde queres estar?',
  door: (nome) => nome.charAt(0).toUpperCase() + nome.slice(1),
  breather: 'Um respiro',
  quiet: 'Agora é só ouvir.',
  quietDark: 'Não há mais nada a dizer.',
  pause: 'Pausa',
  paused: 'Em pausa. Está escuro e calmo.',
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
  stopUnsent: 'Aqui está tudo calmo. A casa ainda não ouviu e vai saber.',
  faceDown: 'Virado para baixo, fora da cama.',
  faceDownMore: 'Toca-lhe de noite, e alguém vem.',
  callSomeone: 'Chamar alguém',
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

  goodMorning: (nome) => `Bom dia, ${nome}`,
  someoneElse: 'Outra pessoa',
  howWasIt: 'Como foi?',
  felt: { rough: 'Difícil', 'all-right': 'Assim-assim', good: 'Boa' },
  feltKept: (como) => `${como}. Fica anotado.`,
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
  measured: (como) => `Como se sabe: ${como}.`,
  nothingMeasured: 'Esta noite não foi medida. Sabemos como foi por quem a dormiu.',
  immersion: (usados, combinados) =>
    usados === 0
      ? `Nenhum mundo de sonho esta noite. Combinaram até ${minutos(combinados)}.`
      : `Cerca de ${minutos(usados)} no mundo de sonho, dos ${combinados} que combinaram.`,
  statistic: (o, valor) => `${o}: ${valor}.`,
  aboutValue: (valor, unidade) => (unidade ? `cerca de ${valor} ${unidade}` : `cerca de ${valor}`),
  stages: 'A noite por fases, estimadas',
  movement: 'Quieto ou a mexer',
  movementWords: (parte) => `A mexer em cerca de ${parte} de cada 100 meios minutos.`,
  stillMoving: ['quieto', 'a mexer'],
  stageNames: ['acordado', 'REM', 'N1', 'N2', 'N3'],
  noMorning: 'Ainda não há nenhuma noite para devolver.',
  simulatedNight: 'Esta noite é inventada: pessoas e quartos simulados.',
};
