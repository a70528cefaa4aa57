import type { NextConfig } from 'next';

const config: NextConfig = {
  // One folder with a server in it and only what that needs: what the image holds and `make run` starts.
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  images: { unoptimized: true },
  poweredByHeader: false,
};

export default config;
