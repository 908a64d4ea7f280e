export interface BigNumber {
  readonly value: string;
  readonly label: string;
  readonly isWarm?: boolean;
}

/** The numbers that open a card. */
export function BigNumbers({ numbers }: { numbers: readonly BigNumber[] }) {
  return (
    <dl className="big-numbers num">
      {numbers.map(({ value, label, isWarm }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className={isWarm === true ? 'up' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
