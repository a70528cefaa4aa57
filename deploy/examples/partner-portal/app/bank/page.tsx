// The sensitive page. The API says what login it wants for it, the portal asks the provider for just that, and comes back.
import { redirect } from 'next/navigation';
import { Frame } from '@/components/frame';
import { ask } from '@/lib/api';
import { config } from '@/lib/config';
import { permitted } from '@/lib/visitor';

export const metadata = { title: 'Bank account' };

interface Account { holder: string; iban: string; bic: string }

export default async function Bank({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const session = await permitted('/bank', 'bank:read');
  const { data, stepUp } = await ask<Account>(session, '/bank');
  if (stepUp) {
    const again = new URLSearchParams({ return_to: '/bank' });
    if (stepUp.acrValues) again.set('acr_values', stepUp.acrValues);
    if (stepUp.maxAge) again.set('max_age', stepUp.maxAge);
    const asked = (await searchParams).asked !== undefined;
    if (!asked) redirect(`/auth/login?${again}`);
    return (
      <Frame session={session} at="/bank" title="A second factor is needed">
        <p>The bank account is shown to people who have just signed in with two factors. So far, your account has only one.</p>
        <p>Add an authenticator app in <a href={`${config().account.replace(/\/$/, '')}/settings`}>your account</a>, then come back.</p>
        <p><a className="button" href={`/auth/login?${again}`}>Try again</a></p>
      </Frame>
    );
  }
  return (
    <Frame session={session} at="/bank" title="Bank account">
      <p>Payments of ours go to this account.</p>
      <dl>
        <dt>Holder</dt><dd>{data.holder}</dd>
        <dt>IBAN</dt><dd><code>{data.iban}</code></dd>
        <dt>BIC</dt><dd><code>{data.bic}</code></dd>
      </dl>
    </Frame>
  );
}
