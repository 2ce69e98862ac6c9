// The house's words: the same in every language, none of the workshop's, all in the catalogue.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { en } from '../src/lib/words/en';
import { pt } from '../src/lib/words/pt';
import { spoken } from '../src/lib/words/languages';

const NEVER = /\b(score|lease|setpoint|epoch|reliance)s?\b/i;
const NEVER_PT = /\b(pontua[cç](ão|ões)|concess(ão|ões)|époc(a|as)|dependência)\b/i;

type Entry = string | readonly string[] | Record<string, string> | ((...given: never[]) => string);

/** Every sentence of a catalogue, those with gaps filled in. */
function sentences(catalogue: Record<string, Entry>): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, entry]) => {
    if (typeof entry === 'string') return [[key, entry] as [string, string]];
    if (typeof entry === 'function') return filled(key, entry as (...given: unknown[]) => string);
    return Object.values(entry).map((one): [string, string] => [key, one]);
  });
}

function filled(key: string, entry: (...given: unknown[]) => string): [string, string][] {
  const tries = [Array(5).fill('x'), Array(5).fill(3), Array(5).fill(0), Array(5).fill(['x', 'y'])];
  return tries.flatMap((given) => {
    try {
      return [[key, entry(...given)] as [string, string]];
    } catch {
      return []; // not what this one takes
    }
  });
}

describe('the catalogue', () => {
  it('has the same keys, of the same shape, in every language', () => {
    const shape = (catalogue: Record<string, Entry>) =>
      Object.entries(catalogue)
        .map(([key, entry]) => [
          key,
          typeof entry,
          typeof entry === 'object' ? Object.keys(entry) : [],
        ])
        .sort();
    expect(shape(pt)).toEqual(shape(en));
  });

  it.each([
    ['English', en as Record<string, Entry>],
    ['Portuguese', pt as Record<string, Entry>],
  ])('says none of the workshop’s words in %s, and never shouts', (_name, catalogue) => {
    const all = sentences(catalogue);
    expect(all.length).toBeGreaterThanOrEqual(Object.keys(catalogue).length);
    for (const [key, sentence] of all) {
      expect(sentence, key).not.toMatch(NEVER);
      expect(sentence, key).not.toMatch(NEVER_PT);
      expect(sentence, key).not.toMatch(/!|\bshould\b|\bdeves?\b|undefined|\[object/);
    }
  });

  it('takes the language of the browser, and English for any it has not', () => {
    expect(spoken(['pt-BR', 'en'])).toBe('pt');
    expect(spoken(['fi', 'en-GB'])).toBe('en');
    expect(spoken([])).toBe('en');
  });
});

const SOURCES = ['../src/App.svelte', ...svelteIn('../src/parts/'), ...svelteIn('../src/pages/')];

function svelteIn(folder: string): string[] {
  return readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith('.svelte'))
    .map((name) => folder + name);
}

/** Words written straight into a template: text, and the attributes that are read out. */
function writtenIn(source: string): string[] {
  const found: string[] = [];
  const read = ['aria-label', 'alt', 'title', 'placeholder'];
  const visit = (node: unknown, attribute = ''): void => {
    if (Array.isArray(node)) node.forEach((one) => visit(one, attribute));
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, name, data, ...rest } = node as Record<string, unknown>;
    const named = typeof name === 'string' && /Attribute|Directive/.test(String(type));
    const inside = named ? name : attribute;
    const isRead = !inside || read.includes(inside);
    if (type === 'Text' && isRead) found.push(String(data));
    Object.values(rest).forEach((one) => visit(one, inside));
  };
  visit(parse(source, { modern: true }).fragment);
  return found;
}

describe('the templates', () => {
  it.each(SOURCES)('%s keeps its words in the catalogue', (path) => {
    const source = readFileSync(new URL(path, import.meta.url), 'utf8');
    const words = writtenIn(source).join(' ').replace('Evenfall', '');
    expect(words).not.toMatch(/\p{L}/u);
  });

  it('would notice a word', () => {
    expect(writtenIn('<p aria-label="Hello {x}">There</p>')).toEqual(['Hello ', 'There']);
  });
});
