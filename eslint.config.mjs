import js from '@eslint/js'
import next from '@next/eslint-plugin-next'
import query from '@tanstack/eslint-plugin-query'
import { defineConfig, globalIgnores } from 'eslint/config'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const typescript = ['**/*.ts', '**/*.tsx']

/** Of Node's globals those that the scripts use; TypeScript knows by itself what there is. */
const nodeGlobals = Object.fromEntries(
  ['AbortSignal', 'Buffer', 'URL', 'console', 'fetch', 'performance', 'process'].map((name) => [name, 'readonly']),
)

/** A focused test makes all others pass by not running. */
const noFocusedTests = ['test', 'it', 'describe', 'suite'].map((object) => ({
  object,
  property: 'only',
  message: 'Run one test with `npx vitest run <file>` or `npx playwright test <file>` instead.',
}))

const noEnvironment = {
  object: 'process',
  property: 'env',
  message: 'Only server.ts reads the environment, through lib/config.ts. Take what you need from the context.',
}

export default defineConfig(
  globalIgnores([
    '.next',
    'dist',
    'data',
    'lib/metadata/generated',
    'next-env.d.ts',
    'test-results',
    'playwright-report',
  ]),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-restricted-properties': ['error', ...noFocusedTests, noEnvironment],
      'no-restricted-imports': [
        'error',
        {
          paths: ['process', 'node:process'].map((name) => ({
            name,
            importNames: ['env'],
            message: noEnvironment.message,
          })),
        },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A void-returning call as the body of an arrow is how callbacks are written.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // React and react-hook-form take async event handlers; what they throw is theirs to handle.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // `{ unwanted, ...rest }` leaves a property out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['app/**', 'components/**'],
    extends: [
      next.configs['core-web-vitals'],
      reactHooks.configs.flat['recommended-latest'],
      query.configs['flat/recommended'],
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'next/link',
          message: 'components/ui/link.tsx is for that: it fetches a page when it is about to be opened.',
        },
        {
          name: 'next/dynamic',
          message: 'components/ui/lazy-section.tsx is for that: it shows the code as soon as it is there.',
        },
      ],
    },
  },
  {
    // lib/log.ts is the logger; a browser's console is nobody's.
    files: ['lib/**', 'app/**', 'components/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['e2e/**'],
    // Playwright reads the names of the fixtures that a fixture needs out of its first parameter.
    rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] },
  },
  {
    files: ['server.ts', 'command.ts', 'scripts/**', '*.config.*', 'e2e/**', 'bench/**', 'lib/testing/race-rounds.ts'],
    rules: {
      'no-restricted-properties': ['error', ...noFocusedTests],
      'no-restricted-imports': 'off',
    },
  },
)
