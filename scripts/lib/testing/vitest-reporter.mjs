/** One of vitest's reporters: writes how long each file took, hooks and all, and how many of its tests passed and failed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';

export default class ResultsReporter {
  /** @param {import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const output = process.env.SIMMER_TEST_RESULTS;
    if (output === undefined) throw new Error('SIMMER_TEST_RESULTS does not say where the results go');
    const files = modules.map((module) => {
      const { collectDuration, duration } = module.diagnostic();
      const states = [...module.children.allTests()].map((test) => test.result().state);
      // A file that cannot be loaded fails without a test.
      const broken = module.state() === 'failed' && !states.includes('failed') ? 1 : 0;
      return {
        file: relative(process.cwd(), module.moduleId).replaceAll(sep, '/'),
        seconds: (collectDuration + duration) / 1000,
        passed: states.filter((state) => state === 'passed').length,
        failed: states.filter((state) => state === 'failed').length + broken,
      };
    });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, JSON.stringify(files.filter(({ passed, failed }) => passed + failed > 0)));
  }
}
