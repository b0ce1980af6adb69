import { dollars } from '../frame/say.ts'
import type { CostReport } from '../server/shapes.ts'

/** What the call cost, part by part. */
export function Cost({ cost }: { readonly cost: CostReport }) {
  return (
    <section className="card" aria-labelledby="cost-title">
      <h2 id="cost-title">Cost {dollars(cost.usd)}</h2>
      <table>
        <caption className="hidden">The cost of the call by its parts</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" className="number">
              Amount
            </th>
            <th scope="col" className="number">
              USD
            </th>
          </tr>
        </thead>
        <tbody>
          {cost.parts.map(({ what, vendor, amount, unit, usd }) => (
            <tr key={`${vendor} ${what}`}>
              <td>
                {what} <span className="quiet">{vendor}</span>
              </td>
              <td className="number">
                {amount.toLocaleString('en', { maximumFractionDigits: 1 })} {unit}
                {amount === 1 ? '' : 's'}
              </td>
              <td className="number">{dollars(usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">
        Of this, drafts that were thrown away {dollars(cost.wasted.draftsUsd)}, and speech that nobody heard{' '}
        {dollars(cost.wasted.unheardUsd)}. By list prices of {cost.pricesOf}.
      </p>
    </section>
  )
}
