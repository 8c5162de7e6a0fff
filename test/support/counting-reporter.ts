import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Where `.ci/run` reads how many tests passed and failed, without parsing a console. */
const COUNTS_FILE = new URL('../../.test-counts.json', import.meta.url);

/** Mocha's usual console, and the counts in a file. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(COUNTS_FILE, JSON.stringify({ passed: passes, failed: failures, pending }));
    });
  }
}
