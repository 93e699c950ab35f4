import createNextIntlPlugin from 'next-intl/plugin'

const withNextIntl = createNextIntlPlugin('./lib/i18n/request.ts')

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
