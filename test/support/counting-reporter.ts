import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's usual console, and how many passed and failed in the file that `--reporter-option counts=<file>` names, so that
 * nobody need parse a console.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file: string | undefined = options.reporterOptions?.counts;
    if (file === undefined) return;
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, pending }));
    });
  }
}
