// What fhir-kit-client makes of the server: each answer as one line of JSON, for the test to look at.
import * as kit from "fhir-kit-client";

const Client = kit.default ?? kit.Client;
const [, , base, token, sent] = process.argv;
const client = new Client({ baseUrl: base, bearerToken: token });
const { patient, observation } = JSON.parse(sent);
const told = {};

const statement = await client.capabilityStatement();
told.fhirVersion = statement.fhirVersion;
told.smart = (await client.smartAuthMetadata()).tokenUrl?.pathname;

const whom = await client.create({ resourceType: "Patient", body: patient });
const subject = { reference: `Patient/${whom.id}` };
for (let day = 1; day <= 3; day += 1) {
  const body = { ...observation, subject, effectiveDateTime: `2026-03-0${day}` };
  await client.create({ resourceType: "Observation", body });
}
told.read = (await client.read({ resourceType: "Patient", id: whom.id })).name[0].text;
await client.update({ resourceType: "Patient", id: whom.id, body: { ...whom, active: true } });
await client.patch({
  resourceType: "Patient", id: whom.id, jsonPatch: [{ op: "replace", path: "/active", value: false }],
  options: { headers: { "Content-Type": "application/json-patch+json" } },
});
const past = await client.history({ resourceType: "Patient", id: whom.id });
told.versions = past.entry.map((one) => one.resource.meta.versionId);
told.first = (await client.vread({ resourceType: "Patient", id: whom.id, version: "1" })).active ?? null;

let page = await client.search({
  resourceType: "Observation", searchParams: { patient: whom.id, _sort: "date", _count: 2 },
});
told.days = [];
while (page) {
  told.days.push(...page.entry.map((one) => one.resource.effectiveDateTime));
  page = page.link.some((one) => one.relation === "next") ? await client.nextPage({ bundle: page }) : null;
}
const all = await client.operation({ name: "everything", resourceType: "Patient", id: whom.id, method: "GET" });
told.everything = all.entry.length;
const done = await client.transaction({
  body: {
    resourceType: "Bundle", type: "transaction",
    entry: [{ resource: { ...observation, subject }, request: { method: "POST", url: "Observation" } }],
  },
});
told.transaction = done.entry[0].response.status;
const [seen] = (await client.search({ resourceType: "Observation", searchParams: { patient: whom.id } })).entry;
await client.delete({ resourceType: "Observation", id: seen.resource.id });
try {
  await client.read({ resourceType: "Observation", id: seen.resource.id });
} catch (gone) {
  told.gone = gone.response.status;
}
console.log(JSON.stringify(told));
