export default {
  // Two cores are what a small CI machine has; more workers would only make tests with deadlines late.
  maxWorkers: 2,
  // Each test file leaves some of its modules behind in its worker: after 130 of them one had 4.5 GiB, and was slow.
  workerIdleMemoryLimit: '1.5GB',
  testMatch: ['<rootDir>/{packages,services,deploy}/**/src/**/*.test.ts', '<rootDir>/deploy/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/generated/'],
  modulePathIgnorePatterns: ['<rootDir>/.docusnap/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/packages/testing/jest-transform.mjs' },
  testEnvironment: '<rootDir>/packages/testing/jest-environment.mjs',
  globalSetup: '<rootDir>/packages/testing/global-setup.mjs',
  globalTeardown: '<rootDir>/packages/testing/global-teardown.mjs',
  // Ends a test that hangs, and times nothing: a busy machine's disk may stall for tens of seconds.
  testTimeout: 180_000,
};
