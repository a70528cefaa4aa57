// For whoever watches over the process.
import { config } from '@/lib/config';

export const dynamic = 'force-dynamic';

export function GET() {
  config();
  return Response.json({ status: 'ok' });
}
