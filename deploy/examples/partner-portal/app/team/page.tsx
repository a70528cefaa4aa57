import { Frame, companyName } from '@/components/frame';
import { Table } from '@/components/table';
import { ask } from '@/lib/api';
import { permitted } from '@/lib/visitor';

export const metadata = { title: 'Team' };

interface Colleague { name: string; email: string; role: string }

export default async function Team() {
  const session = await permitted('/team', 'team:manage');
  const { data = [] } = await ask<Colleague[]>(session, '/team');
  const rows = data.map((colleague) => [colleague.name, colleague.email, colleague.role]);
  return (
    <Frame session={session} at="/team" title="Team">
      <Table caption={`People of ${companyName(session.company)}`} head={['Name', 'E-mail', 'Role']} rows={rows} />
    </Frame>
  );
}
