import type { NextRequest } from 'next/server';
import { config } from './config';

/** Whether a form was sent by a page of the portal. `SameSite` says nearly the same; this one does not depend on it. */
export function ownForm(request: NextRequest): boolean {
  return request.headers.get('origin') === new URL(config().portal).origin;
}
