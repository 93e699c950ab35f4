import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, 'e2e/**', '.next/**', 'data/**'],
    // A database is migrated or a password hashed in most files; two busy cores make that slow, not wrong.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
