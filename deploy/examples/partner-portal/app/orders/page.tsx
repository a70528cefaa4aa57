import { Frame, companyName } from '@/components/frame';
import { Table, euros } from '@/components/table';
import { ask } from '@/lib/api';
import { permitted } from '@/lib/visitor';

export const metadata = { title: 'Orders' };

interface Order { number: string; item: string; state: string; cents: number }

export default async function Orders() {
  const session = await permitted('/orders', 'orders:read');
  const { data = [] } = await ask<Order[]>(session, '/orders');
  const rows = data.map((order) => [order.number, order.item, order.state, euros(order.cents)]);
  return (
    <Frame session={session} at="/orders" title="Orders">
      <Table caption={`Orders of ${companyName(session.company)}`} head={['Number', 'What', 'State', 'Amount']} rows={rows} />
    </Frame>
  );
}
