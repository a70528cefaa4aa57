'use client';

export default function Failed() {
  return (
    <main id="content">
      <h1>That did not work</h1>
      <p>A service behind this page does not answer. <a href="/">Back to the overview</a></p>
    </main>
  );
}
