export function CasePage({ id }: { id: string }) {
  return <div className="page">{id}</div>;
}
