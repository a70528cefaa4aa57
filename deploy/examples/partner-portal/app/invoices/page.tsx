import { Frame, companyName } from '@/components/frame';
import { Table, euros } from '@/components/table';
import { ask } from '@/lib/api';
import { permitted } from '@/lib/visitor';

export const metadata = { title: 'Invoices' };

interface Invoice { number: string; order: string; due: string; cents: number }

export default async function Invoices() {
  const session = await permitted('/invoices', 'invoices:read');
  const { data = [] } = await ask<Invoice[]>(session, '/invoices');
  const rows = data.map((invoice) => [invoice.number, invoice.order, invoice.due, euros(invoice.cents)]);
  return (
    <Frame session={session} at="/invoices" title="Invoices">
      <Table caption={`Invoices to ${companyName(session.company)}`} head={['Number', 'Order', 'Due', 'Amount']} rows={rows} />
    </Frame>
  );
}
