import createNextIntlPlugin from 'next-intl/plugin'

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

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // `npm test` checks the types of everything; who starts the server need not wait for that a second time.
  typescript: { ignoreBuildErrors: true },
  // A browser that opens the development server by address, not by name, may load its scripts.
  allowedDevOrigins: ['127.0.0.1'],
}

export default withNextIntl(config)
