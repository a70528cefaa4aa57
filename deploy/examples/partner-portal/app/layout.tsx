import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import './portal.css';

export const metadata: Metadata = { title: { default: 'Partner portal', template: '%s · Partner portal' } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
