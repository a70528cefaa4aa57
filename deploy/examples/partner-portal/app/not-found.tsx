import { Frame } from '@/components/frame';
import { visitor } from '@/lib/visitor';

export const metadata = { title: 'Not found' };

export default async function NotFound() {
  return (
    <Frame session={await visitor()} title="There is no such page">
      <p>Or there is none for you. <a href="/">Back to the overview</a></p>
    </Frame>
  );
}
