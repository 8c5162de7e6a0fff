import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StubTemplate } from '../../core/contract/stub-template.js';
import { agree, type Candidate, type FileVersion } from '../../core/reload/template-set.js';

const version = (file: string, names: readonly string[], of = 'held'): FileVersion => ({
  file,
  version: `${of} ${names.join()}`,
  templates: names.map((name) => ({ template: { name, file } as StubTemplate, place: { file, line: 1, column: 1 } })),
});
const candidate = (file: string, held?: readonly string[], next?: readonly string[]): Candidate => ({
  file,
  ...(held && { held: version(file, held) }),
  ...(next && { next: version(file, next, 'next') }),
});
const shown = (candidates: readonly Candidate[]) => {
  const { inForce, refused } = agree(candidates);
  return {
    inForce: Object.fromEntries(inForce.map(({ file, version: shownVersion }) => [file, shownVersion])),
    refused: [...refused.keys()],
  };
};

describe('which versions of template files are in force together', () => {
  it('takes all that changed where no name comes twice', () => {
    assert.deepEqual(shown([candidate('a', ['x'], ['x', 'y']), candidate('b', undefined, ['z'])]), {
      inForce: { a: 'next x,y', b: 'next z' },
      refused: [],
    });
  });

  it('leaves a name with the file that has it, and refuses the other file, which keeps what it had', () => {
    assert.deepEqual(shown([candidate('a', ['x'], ['x', 'y']), candidate('b', ['y'])]), {
      inForce: { a: 'held x', b: 'held y' },
      refused: ['a'],
    });
  });

  it('gives a new name that two files want to neither of them', () => {
    const result = agree([candidate('a', undefined, ['x']), candidate('b', undefined, ['x'])]);
    assert.deepEqual([...result.refused.keys()], ['a', 'b']);
    assert.equal(
      result.refused.get('b')![0]!.message,
      'The template "x" is also in a, line 1. Give one of them another name with "template:", or delete its file.',
    );
  });

  it('lets a template move from one file to another, and two files exchange theirs', () => {
    const moved = [candidate('a', ['x', 'y'], ['x']), candidate('b', ['z'], ['z', 'y'])];
    assert.deepEqual(shown(moved), { inForce: { a: 'next x', b: 'next z,y' }, refused: [] });
    const exchanged = [candidate('a', ['x'], ['y']), candidate('b', ['y'], ['x'])];
    assert.deepEqual(shown(exchanged), { inForce: { a: 'next y', b: 'next x' }, refused: [] });
  });

  it('a refusal that gives a name back costs the file that counted on it its newer version too', () => {
    const chain = [candidate('a', ['x'], ['k']), candidate('b', ['y'], ['y', 'x']), candidate('k', ['k'])];
    assert.deepEqual(shown(chain), { inForce: { a: 'held x', b: 'held y', k: 'held k' }, refused: ['a', 'b'] });
  });

  it('whatever files say, no name is in force twice, and no file that stands alone loses its version', () => {
    const names = fc.uniqueArray(fc.constantFrom('u', 'v', 'w', 'x', 'y', 'z'), { minLength: 1, maxLength: 3 });
    const nexts = fc.array(fc.option(names, { nil: undefined }), { minLength: 4, maxLength: 4 });
    const owners = fc.array(fc.constantFrom(0, 1, 2, 3, undefined), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(owners, nexts, (owned, wanted) => {
        const held = (file: number) => ['u', 'v', 'w', 'x', 'y', 'z'].filter((_, at) => owned[at] === file);
        const candidates = [0, 1, 2, 3].map((file) =>
          candidate(String(file), held(file).length > 0 ? held(file) : undefined, wanted[file]),
        );
        const { inForce, refused } = agree(candidates);
        const all = inForce.flatMap(({ templates }) => templates.map(({ template }) => template.name));
        assert.deepEqual(all, [...new Set(all)]);
        for (const each of candidates) {
          if (each.held || (each.next && !refused.has(each.file)))
            assert.ok(inForce.some(({ file }) => file === each.file));
          if (refused.has(each.file)) assert.ok(refused.get(each.file)!.length > 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
