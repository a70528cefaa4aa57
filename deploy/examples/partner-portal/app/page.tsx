import { Frame, companyName } from '@/components/frame';
import { config } from '@/lib/config';
import { visitor } from '@/lib/visitor';

export default async function Overview() {
  const session = await visitor();
  if (!session) {
    return (
      <Frame title="Welcome">
        <p>Orders, invoices and your team, for the partners of our house.</p>
        <p><a className="button" href="/auth/login">Sign in</a></p>
      </Frame>
    );
  }
  return (
    <Frame session={session} at="/" title={`Hello, ${session.name}`}>
      <dl>
        <dt>Signed in as</dt><dd>{session.email}</dd>
        <dt>Company</dt><dd>{companyName(session.company)}</dd>
        <dt>Role</dt><dd>{session.role || 'none'}</dd>
        <dt>Permissions</dt>
        <dd>{session.permissions.length > 0 ? session.permissions.map((name) => <code key={name}>{name}</code>) : 'none'}</dd>
        <dt>Assurance</dt><dd>{session.acr === 'aal2' ? 'two factors' : 'one factor'}</dd>
      </dl>
      <p>What you may do is read again whenever your tokens are renewed, every few minutes.</p>
      <form className="row" method="post" action="/auth/refresh">
        <button>Read it again now</button>
        <a href={config().account}>Your account</a>
      </form>
    </Frame>
  );
}
