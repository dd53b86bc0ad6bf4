// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';
import { oneFile } from './one_file.ts';

export default defineConfig({
  base: './',
  plugins: [oneFile()],
  build: {
    target: 'es2024',
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: 'report.html' },
  },
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        // Beside the other tests of the repository, with the packages of this folder.
        resolve: {
          alias: ['axe-core', 'playwright-core', 'vitest'].map((name) => ({
            find: name,
            replacement: new URL(`./node_modules/${name}`, import.meta.url).pathname,
          })),
        },
        test: { name: 'page', root: '../tests/web', testTimeout: 120_000, hookTimeout: 60_000 },
      },
    ],
  },
});
