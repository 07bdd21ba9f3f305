// The service at the network's edge, in the shapes of docs/http-api.md. A test replaces what it is about.
import { http, HttpResponse } from 'msw'
import {
  comparison,
  configuration,
  environmentExposures,
  exposures,
  flag,
  flagMetrics,
  flagSummaries,
  history,
  PROJECT,
  receipt,
  sdks,
  staleFlags,
  timeline,
  versions,
} from './fixtures.ts'

export const API = '/api/v1'
export const AT = `${API}/projects/shop/flags/new-checkout/environments/production`

/** A refusal as the service words it. */
export function refusal(status: number, code: string, message: string, details?: unknown) {
  return HttpResponse.json({ error: { code, message, details, requestId: 'r-1' } }, { status })
}

/** A stream that stays open and says nothing. */
export function silentStream() {
  return new HttpResponse(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } })
}

export const handlers = [
  http.get(`${API}/session`, () =>
    HttpResponse.json({ actor: { kind: 'person', id: 'p1', name: 'Grace' }, grants: [] }),
  ),
  http.get(`${API}/session/refusals`, () => HttpResponse.json({ refused: {}, environments: {} })),
  http.get(`${API}/session/ways`, () => HttpResponse.json({ setUp: false, oidc: null })),
  http.post(`${API}/session/password`, () => HttpResponse.json({ secondFactor: false })),
  http.delete(`${API}/session`, () => new HttpResponse(null, { status: 204 })),
  http.get(`${API}/projects`, () => HttpResponse.json({ projects: [PROJECT] })),
  http.get(`${API}/projects/:project/events`, () => silentStream()),
  http.get(`${API}/projects/:project/flags`, () => HttpResponse.json({ flags: flagSummaries(Date.now()) })),
  http.get(`${API}/projects/:project/flag-keys`, () =>
    HttpResponse.json({ flags: flagSummaries(Date.now()).map(({ key, name }) => ({ key, name })) }),
  ),
  http.get(`${API}/projects/:project/flags/:flag`, () => HttpResponse.json(flag())),
  http.get(`${API}/projects/:project/environments/:environment/exposures`, () =>
    HttpResponse.json(environmentExposures(Date.now())),
  ),
  http.get(`${AT}/exposures`, ({ request }) => {
    const query = new URL(request.url).searchParams
    return HttpResponse.json(exposures(Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')))
  }),
  http.get(`${API}/projects/:project/segments`, () => HttpResponse.json({ segments: [] })),
  http.get(`${API}/projects/:project/stale`, () => HttpResponse.json({ flags: staleFlags(Date.now()) })),
  http.get(`${API}/projects/:project/flags/:flag/dependents`, () => HttpResponse.json({ dependents: [] })),
  http.get(`${API}/projects/:project/timeline`, () => HttpResponse.json(timeline())),
  http.get(`${API}/projects/:project/undo`, () => HttpResponse.json({ lastChange: null })),
  http.get(`${API}/projects/:project/environments/:environment/change-requests`, () =>
    HttpResponse.json({ changeRequests: [], next: null }),
  ),
  http.get(`${AT}/versions`, () => HttpResponse.json(versions())),
  http.get(`${AT}/versions/:from/difference`, ({ params, request }) =>
    HttpResponse.json(comparison(Number(params['from']), Number(new URL(request.url).searchParams.get('to')))),
  ),
  http.get(`${API}/projects/:project/audit/:entry`, () => HttpResponse.json(history(Date.now())[0])),
  http.get(`${AT}/metrics`, ({ request }) => {
    const query = new URL(request.url).searchParams
    return HttpResponse.json(flagMetrics(Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')))
  }),
  http.get(`${API}/projects/:project/attributes`, () =>
    HttpResponse.json({
      attributes: [
        { name: 'country', type: 'text' },
        { name: 'age', type: 'number' },
      ],
    }),
  ),
  http.get(`${API}/projects/:project/environments/:environment/sdks`, () => HttpResponse.json(sdks(Date.now()))),
  http.get(`${API}/projects/:project/audit`, () => HttpResponse.json({ entries: history(Date.now()), next: null })),
  http.patch(AT, () => HttpResponse.json(configuration({ version: 8 }))),
  http.get(`${AT}/kill`, () => HttpResponse.json(receipt())),
  http.get(`${API}/projects/:project/flags/:flag/environments/:environment/triggers`, () =>
    HttpResponse.json({ triggers: [] }),
  ),
  http.get(`${API}/projects/:project/environments/:environment/sdk-keys`, () => HttpResponse.json({ sdkKeys: [] })),
]
