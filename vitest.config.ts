import { defineConfig } from 'vitest/config';

// scripts/lib/testing/stages.mjs says which tests run when.
export default defineConfig({
  test: {
    tags: [
      { name: 'quick', description: 'Runs with npm test, though its project is one of npm run test:full.' },
      { name: 'full', description: 'Runs with npm run test:full, though its project is one of npm test.' },
      { name: 'offline', description: 'Plays against no clock, though its project does: runs beside other things.' },
    ],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{service,contract,kernel,plugin-ui,takes,scripts}/**/*.test.ts'],
          // Tests that start the service as a process run the built one.
          globalSetup: ['test/support/build-service.ts'],
          // Nothing is timed here; a busy machine may take its time.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          // Takes, loops and seeks once more, with a trained model in the kernel.
          name: 'kernel-takes',
          include: ['test/takes/{playback,bounce,cut-off}.test.ts'],
          globalSetup: ['test/support/build-service.ts'],
          env: { SIMMER_TEST_MODEL: 'one-song' },
          testTimeout: 300_000,
        },
      },
      {
        test: {
          // And once more with a model of codes.
          name: 'codes-takes',
          include: ['test/takes/{playback,bounce,cut-off,recipe}.test.ts', 'test/service/render/invariance.test.ts'],
          globalSetup: ['test/support/build-service.ts'],
          env: { SIMMER_TEST_MODEL: 'vq-tiny' },
          testTimeout: 300_000,
        },
      },
      {
        test: {
          // And with one that is stereo, at 48 kHz, in long rows.
          name: 'stereo-takes',
          include: ['test/takes/{playback,bounce,cut-off,recipe}.test.ts', 'test/service/render/invariance.test.ts'],
          globalSetup: ['test/support/build-service.ts'],
          env: { SIMMER_TEST_MODEL: 'vq-tiny-stereo' },
          testTimeout: 600_000,
        },
      },
      {
        test: {
          // And with a SampleRNN under codes, in the kernel.
          name: 'coded-takes',
          include: ['test/takes/{playback,bounce,cut-off,recipe}.test.ts', 'test/service/render/invariance.test.ts'],
          globalSetup: ['test/support/build-service.ts'],
          env: { SIMMER_TEST_MODEL: 'coded-tiny' },
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'ardour',
          include: ['test/ardour/**/*.test.ts'],
          // One DAW at a time, and it takes as long as it takes. Ardour 7.3 itself now and then falls while it exports
          // (it overruns a buffer of its own, without Simmer too) or renders everything 16 frames early: a second try
          // tells its faults, which come and go, from ours.
          retry: 1,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          // The built plugins in hosts of our own, with the real service.
          name: 'host',
          // What people hear: a trained model, in the kernel.
          env: { SIMMER_TEST_MODEL: 'one-song' },
          include: ['test/host/**/*.test.ts'],
          globalSetup: ['test/support/build-service.ts', 'test/host/build-hosts.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // The page in the system's Chromium, with the real service, the built plugin, and invented scenes.
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          globalSetup: ['test/support/build-service.ts', 'test/host/build-hosts.ts', 'test/page/build-page.ts'],
          // One browser at a time: a page that is not painted in time tells nothing of Simmer.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // simmer train, from a song to a model that plays; needs the Python of training.
          name: 'train',
          include: ['test/training/**/*.test.ts'],
          globalSetup: ['test/support/build-service.ts'],
        },
      },
      {
        test: {
          name: 'second-host',
          include: ['test/second-host/**/*.test.ts'],
          globalSetup: ['test/support/build-service.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
