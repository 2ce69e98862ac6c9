import { describe, expect, it } from 'vitest';
import { saidOfHelp, type Asked } from '../src/lib/help.svelte';
import { en } from '../src/lib/words/en';
import { pt } from '../src/lib/words/pt';

function asked(more: Partial<Asked> = {}): Asked {
  return { busy: false, told: null, failed: [], ...more };
}

describe('a call for help', () => {
  it('says nothing before it, and that it calls while it does', () => {
    expect(saidOfHelp(asked(), 'ready', en)).toEqual([]);
    expect(saidOfHelp(asked({ busy: true }), 'lost', en)).toEqual(['Calling…']);
  });

  it('says by name who is being told', () => {
    const two = asked({ told: ['Mara', 'Tomás'] });
    expect(saidOfHelp(two, 'calling', en)).toEqual(['Mara and Tomás are being told.']);
    expect(saidOfHelp(asked({ told: ['Mara'] }), 'called', en)).toEqual(['Mara is being told.']);
    expect(saidOfHelp(two, 'called', pt)).toEqual(['O aviso vai a caminho: Mara e Tomás.']);
  });

  it('promises nobody where no phone is known, none answered, or the house did not hear', () => {
    for (const w of [en, pt]) {
      expect(saidOfHelp(asked({ told: [] }), 'nobody', w)).toEqual([w.helpNobody]);
      expect(saidOfHelp(asked({ told: ['Mara'] }), 'lost', w)).toEqual([w.callLost]);
      expect(saidOfHelp(asked({ failed: [w.lostCalled] }), 'ready', w)).toEqual([w.lostCalled]);
    }
  });
});
