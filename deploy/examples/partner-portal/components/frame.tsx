// What every page has around it. Its links are plain ones: each page is a request that the server answers anew, and works without
// a script.
import type { ReactNode } from 'react';
import type { Session } from '@/lib/sessions';

const PAGES = [
  { path: '/', title: 'Overview' },
  { path: '/orders', title: 'Orders', permission: 'orders:read' },
  { path: '/invoices', title: 'Invoices', permission: 'invoices:read' },
  { path: '/team', title: 'Team', permission: 'team:manage' },
  { path: '/bank', title: 'Bank account', permission: 'bank:read' },
];

const COMPANIES: Record<string, string> = { acme: 'Acme Industries', globex: 'Globex Trading' };

export const companyName = (id: string) => COMPANIES[id] ?? (id || 'No company');

export function Frame({ session, at, title, children }: { session?: Session | undefined; at?: string; title: string; children: ReactNode }) {
  return (
    <>
      <a className="skip" href="#content">Skip to the content</a>
      <header>
        <p className="brand">Partner portal</p>
        {session ? <Who session={session} /> : null}
      </header>
      {session ? <Menu session={session} at={at} /> : null}
      <main id="content">
        <h1>{title}</h1>
        {children}
      </main>
    </>
  );
}

function Who({ session }: { session: Session }) {
  return (
    <form className="who" method="post" action="/auth/logout">
      <p>
        <strong>{session.name}</strong>
        <span>{session.role ? `${session.role} at ` : ''}{companyName(session.company)}</span>
      </p>
      <button>Sign out</button>
    </form>
  );
}

/** Links to what somebody may see. That a link is missing protects nothing: each page and the API look for themselves. */
function Menu({ session, at }: { session: Session; at: string | undefined }) {
  const shown = PAGES.filter(({ permission }) => !permission || session.permissions.includes(permission));
  return (
    <nav aria-label="Pages">
      <ul>
        {shown.map(({ path, title }) => (
          <li key={path}>
            <a href={path} aria-current={path === at ? 'page' : undefined}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
