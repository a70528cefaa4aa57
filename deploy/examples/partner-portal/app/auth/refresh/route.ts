// "Ask again": new tokens now, with the rights as they are now, rather than shortly before the old ones end.
import { NextResponse, type NextRequest } from 'next/server';
import { config, cookieName } from '@/lib/config';
import { ownForm } from '@/lib/own_form';
import { refresh } from '@/lib/refresh';
import { find } from '@/lib/sessions';
import { SESSION } from '@/lib/visitor';

export async function POST(request: NextRequest) {
  if (!ownForm(request)) return new NextResponse('This form was not sent by the portal.', { status: 403 });
  const session = find(request.cookies.get(cookieName(SESSION))?.value);
  if (session) await refresh(session);
  return NextResponse.redirect(`${config().portal}/`, 303);
}
