/** Any profile, any label, any range. */
export function ExplorePage() {
  return <div className="page" />;
}
