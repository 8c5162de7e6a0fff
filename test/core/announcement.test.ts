import assert from 'node:assert/strict';
import { announcement, onTerminal } from '../../core/command/announcement.js';
import { StubwireError } from '../../core/errors.js';
import { createLogger } from '../../core/observability/logger.js';

const PROGRAM = {
  url: 'http://127.0.0.1:4000',
  pages: [
    { path: '/', title: 'Console' },
    { path: '/queues', title: 'Queues' },
  ],
  refused: [],
  stop: () => Promise.resolve(),
};

describe('what a start says of itself', () => {
  const said: string[] = [];
  beforeEach(() => said.splice(0));
  const log = createLogger('silent', { destination: { write: (line) => void said.push(line) } });

  it('is plain text on a terminal', () => {
    const terminal = onTerminal((text) => said.push(text));
    terminal.ready({ ...PROGRAM, log, watches: 'config/templates' }, 1.23);
    terminal.stopped();
    assert.deepEqual(said.join('\n').split('\n'), [
      'Stubwire is ready in 1.2 s: http://127.0.0.1:4000',
      '  Console  http://127.0.0.1:4000/',
      '  Queues   http://127.0.0.1:4000/queues',
      'Templates in config/templates are watched: changed files are loaded at once.',
      'Changes of the configuration need a restart.',
      'Press Ctrl-C to stop.',
      'Stopped.',
    ]);
  });

  it('warns a person of template files that are not loaded, and of the stubs that wait', () => {
    const problem = new StubwireError('state_unknown', 'There is no state "opne".', {
      place: { file: 'case.yaml', line: 3, column: 16, excerpt: 'initial_state: opne' },
    });
    const refused = [{ file: 'case.yaml', version: 'v', at: '2026-03-05T10:00:00.000Z', problems: [problem] }];
    const waiting = '1 unfinished stub waits for the template "case".';
    onTerminal((text) => said.push(text)).ready({ ...PROGRAM, log, refused, waiting, watches: 'templates' }, 1);
    assert.match(
      said[0]!,
      /\nWARNING: 1 template file is NOT LOADED\. Once corrected, it is loaded without a restart\.\n/,
    );
    assert.match(said[0]!, /\ncase\.yaml:3:16 state_unknown .*\n.*initial_state: opne\n *\^\n/);
    assert.match(said[0]!, /\nWARNING: 1 unfinished stub waits for the template "case"\.\n/);
  });

  it('is log lines elsewhere, at every log level', () => {
    const lines = announcement({ ...PROGRAM, log }, false);
    lines.ready({ ...PROGRAM, log }, 1.23);
    lines.stopping();
    lines.stopped();
    const [ready, ...others] = said.map((line) => JSON.parse(line));
    assert.equal(ready.msg, 'Stubwire is ready in 1.2 s: http://127.0.0.1:4000');
    assert.deepEqual(ready.pages, ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000/queues']);
    assert.deepEqual(
      others.map(({ msg }) => msg),
      ['Stopping: finishing the current work', 'Stopped'],
    );
  });
});
