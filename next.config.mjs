import { PHASE_PRODUCTION_SERVER } from 'next/constants.js'

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // A server that nobody looks at needs no pages, and the first visit to one is not slower (docs/decisions/0011).
  experimental: { preloadEntriesOnStart: false },
  // There is no picture to make smaller, and nobody needs to ask the server to fetch one.
  images: { unoptimized: true },
  // `npm test` checks the types of everything; who starts the server need not wait for that a second time.
  typescript: { ignoreBuildErrors: true },
  // A browser that opens the development server by address, not by name, may load its scripts.
  allowedDevOrigins: ['127.0.0.1'],
}

/** @type {(phase: string) => Promise<import('next').NextConfig>} */
export default async function configOf(phase) {
  // The plugin only changes what is built. It loads a compiler, 55 MiB that a running server has no use for.
  if (phase === PHASE_PRODUCTION_SERVER) return config
  const { default: createNextIntlPlugin } = await import('next-intl/plugin')
  const withNextIntl = createNextIntlPlugin({
    requestConfig: './lib/i18n/request.ts',
    // Messages are parsed at build time: the parser would be a twentieth of the script of a first visit.
    experimental: {
      messages: {
        path: './lib/i18n/messages',
        format: 'json',
        locales: ['en', 'zh-CN'],
        sourceLocale: 'en',
        precompile: true,
      },
    },
  })
  return withNextIntl(config)
}
