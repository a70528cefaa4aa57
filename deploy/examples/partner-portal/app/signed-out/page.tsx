import { Frame } from '@/components/frame';

export const metadata = { title: 'Signed out' };

const WHY: Record<string, { title: string; text: string }> = {
  denied: { title: 'Not signed in', text: 'You did not allow the portal to know you.' },
  failed: { title: 'Not signed in', text: 'Signing in did not work. Please try again.' },
  unknown: { title: 'Not signed in', text: 'This attempt to sign in is too old, or was begun in another browser.' },
};

export default async function SignedOut({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { why } = await searchParams;
  const told = (typeof why === 'string' && WHY[why]) || { title: 'Signed out', text: 'See you soon.' };
  return (
    <Frame title={told.title}>
      <p>{told.text}</p>
      <p><a className="button" href="/auth/login">Sign in</a></p>
    </Frame>
  );
}
