import assert from 'node:assert/strict';
import { deepFreeze } from '../../core/config/deep-freeze.js';
import type { Json } from '../../core/contract/json.js';
import type { SubstitutionHelper } from '../../core/contract/substitution-helper.js';
import { StubwireError } from '../../core/errors.js';
import { DeterministicUuid } from '../../core/template/helpers/deterministic-uuid.js';
import { type Roots, Substitution } from '../../core/template/substitution.js';

/** Shows what it is called with. */
export const show: SubstitutionHelper = {
  name: 'show',
  usage: 'show(…)',
  arity: [0, 16],
  takesContent: true,
  run: ({ args, atMs }) => (args[0] === 'nothing' ? undefined : { args: args.map((arg) => arg ?? null), atMs }),
};
const breaks: SubstitutionHelper = {
  name: 'breaks',
  usage: 'breaks()',
  arity: [0, 0],
  run: () => {
    throw new Error('it is broken');
  },
};
export const substitution = new Substitution([new DeterministicUuid(), show, breaks]);
const template = deepFreeze({
  name: 't',
  data: {
    greeting: 'Dear {{stub.data.name}},',
    again: '~~#substitute(template.data.greeting)',
    message: {
      body: '{{template.data.greeting}} it is {{stubpost.message}}',
      at: '~~stub.data.n',
      none: '~~stub.none',
    },
  },
});
export const roots: Roots = {
  stub: {
    stubref: 's',
    data: { name: 'Thandi', n: 7, list: [{ id: 'a' }, { id: 'b' }], template: { data: { greeting: '{{org.name}}' } } },
  },
  stubpost: { message: '{{org.name}}' },
  org: { name: 'Demo' },
  template,
};
export const fill = (value: Json, from: Roots = roots): Json => substitution.fill(value, from, { atMs: 5 });
export const fails = (value: Json, pattern: RegExp, from: Roots = roots): void => {
  assert.throws(
    () => fill(value, from),
    (error) => error instanceof StubwireError && error.code === 'substitution_failed' && pattern.test(error.message),
  );
};
