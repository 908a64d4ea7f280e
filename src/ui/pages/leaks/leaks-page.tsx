export function LeaksPage() {
  return <div className="page" />;
}
