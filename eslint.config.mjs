import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const zodDefaultImport = {
  selector: "ImportDeclaration[source.value='zod']:not(:has(ImportNamespaceSpecifier))",
  message: "Write `import * as z from 'zod'`: the named export costs 444 kB and 45 ms in every function.",
};

export default defineConfig(
  { ignores: ['cdk.out/', 'dist/', '.local/', 'coverage/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', zodDefaultImport],
      'prefer-const': 'error',
    },
  },
  {
    files: ['shared/**/*.ts', 'functions/**/*.ts', 'lib/**/*.ts', 'bin/**/*.ts'],
    rules: {
      // `as const` stays allowed; any other assertion hides a missing check at a border.
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      'no-console': 'error',
    },
  },
  {
    // Process environment and the global clock have one home each, so that tests and the sandbox can replace them.
    files: ['shared/**/*.ts', 'functions/**/*.ts', 'lib/**/*.ts'],
    ignores: ['shared/platform/config.ts', 'shared/platform/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read settings through shared/platform/config.ts.' },
        { object: 'Date', property: 'now', message: 'Take the time from a Clock (shared/platform/clock.ts).' },
      ],
      'no-restricted-syntax': [
        'error',
        zodDefaultImport,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take the time from a Clock (shared/platform/clock.ts).',
        },
      ],
    },
  },
);
