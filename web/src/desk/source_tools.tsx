// Bringing sources and tags in: from a list, or by looking into a source and ticking what to read.
import { useState } from "react";
import * as calls from "../api/calls_response.ts";
import type { SourceNode, SourceRow } from "../api/types_response.ts";
import { saveAs } from "../data/desk_save.ts";
import { localText } from "../data/prefs.ts";
import { refresh, useQuery } from "../data/query.ts";
import { useAllRows } from "../data/records.ts";
import { rowsOf, sourcePlan, tagPlan, tagsCsv } from "../data/source_lists.ts";
import { useBlock } from "../text/block.ts";
import { sourceText } from "../text/source_words.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import type { Cells } from "./import_grid.tsx";
import { ImportPanel } from "./import_panel.tsx";

type Shown = { kind: "source" } | { kind: "tag"; rows: Cells[] }
  | { kind: "browse"; source: SourceRow };
const browsable = ["opcua", "replay", "sparkplug"];

export default function SourceTools({ rows }: { rows: SourceRow[] }) {
  const { t, lang } = useBlock(sourceText);
  const [shown, setShown] = useState<Shown | null>(null);
  const close = () => {
    setShown(null);
    refresh("sources");
  };
  const open = rows.filter((row) => browsable.includes(row.protocol));
  return (
    <section className="panel" aria-label={t("toolsTitle")}>
      <div className="row source-tools">
        <Button text={t("addSource")} icon="plus" run={() => setShown({ kind: "source" })} />
        <Button
          text={t("mapTags")} icon="upload" run={() => setShown({ kind: "tag", rows: [{}] })}
        />
        <TagsFile />
        {open.map((row) => (
          <Button
            key={row.code} text={`${t("browse")} ${row.code}`} icon="search"
            run={() => setShown({ kind: "browse", source: row })}
          />
        ))}
      </div>
      {shown?.kind === "source" && (
        <Dialog title={t("addSource")} onClose={close} isWide>
          <ImportPanel plan={sourcePlan} hint={localText(sourcePlan.note, lang)} onDone={close} />
        </Dialog>
      )}
      {shown?.kind === "tag" && (
        <Dialog title={t("mapTags")} onClose={close} isWide>
          <ImportPanel
            plan={tagPlan} first={shown.rows} hint={localText(tagPlan.note, lang)} onDone={close}
          />
        </Dialog>
      )}
      {shown?.kind === "browse" && (
        <Dialog title={t("browseTitle", { source: shown.source.code })} onClose={close} isWide>
          <Browse
            source={shown.source.code}
            onMap={(nodes) => setShown({ kind: "tag", rows: rowsOf(shown.source.code, nodes) })}
          />
        </Dialog>
      )}
    </section>
  );
}

function TagsFile() {
  const { t } = useBlock(sourceText);
  const lists = {
    tag: useAllRows("tag"), source: useAllRows("source"), area: useAllRows("area"),
    device: useAllRows("device"),
  };
  const isReady = Object.values(lists).every((list) => list.value !== undefined);
  const save = () => {
    const codes = new Map((["source", "area", "device"] as const).flatMap((form) =>
      (lists[form].value ?? []).map((row) => [row.id, String(row["code"] ?? "")] as const)));
    const text = tagsCsv(lists.tag.value ?? [], (_, id) => codes.get(id) ?? "");
    saveAs(new Blob([text], { type: "text/csv" }), "tags.csv");
  };
  return <Button text={t("tagsCsv")} icon="download" isOff={!isReady} run={save} />;
}

interface Place {
  node: string;
  name: string;
}
interface BrowseProps {
  source: string;
  onMap: (nodes: SourceNode[]) => void;
}
function Browse({ source, onMap }: BrowseProps) {
  const { t } = useBlock(sourceText);
  const [way, setWay] = useState<Place[]>([]);
  const [from, setFrom] = useState(0);
  const [picked, setPicked] = useState<SourceNode[]>([]);
  const node = way[way.length - 1]?.node ?? "";
  const query = useQuery(`sources/${source}/browse/${node}/${from}`,
    () => calls.browseSource(source, node, from));
  const go = (next: Place[]) => {
    setWay(next);
    setFrom(0);
  };
  const turn = (one: SourceNode) => setPicked(picked.some((old) => old.path === one.path)
    ? picked.filter((old) => old.path !== one.path) : [...picked, one]);
  return (
    <div className="browse">
      <p className="soft">{t("browseHint")}</p>
      <nav className="row browse-way">
        {[{ node: "", name: t("browseRoot") }, ...way].map((place, at) => (
          <button key={place.node} type="button" className="chip" aria-pressed={at === way.length}
            onClick={() => go(way.slice(0, at))}>{place.name}</button>
        ))}
      </nav>
      <Ready query={query}>
        {(page) => page.rows.length === 0 ? <Empty title={t("browseNone")} /> : (
          <>
            <Nodes rows={page.rows} picked={picked} onTurn={turn}
              onOpen={(one) => go([...way, { node: one.path, name: one.name }])} />
            <div className="row">
              {from > 0 && (
                <Button text={t("browseBack")} run={() => setFrom(Math.max(0, from - 200))} />
              )}
              {page.next !== null && (
                <Button text={t("browseMore")} run={() => setFrom(page.next ?? 0)} />
              )}
            </div>
          </>
        )}
      </Ready>
      <div className="row import-foot">
        <span className="grow" />
        <Button text={t("browseMap", { n: picked.length })} kind="main" icon="check"
          isOff={picked.length === 0} run={() => onMap(picked)} />
      </div>
    </div>
  );
}

interface NodesProps {
  rows: SourceNode[];
  picked: SourceNode[];
  onTurn: (node: SourceNode) => void;
  onOpen: (node: SourceNode) => void;
}
function Nodes({ rows, picked, onTurn, onOpen }: NodesProps) {
  const { t } = useBlock(sourceText);
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={t("browse")}>
      <table className="rows tight">
        <thead>
          <tr>
            <th scope="col">{t("fNameEn")}</th><th scope="col">{t("browsePath")}</th>
            <th scope="col">{t("browseTag")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.path}>
              <td>
                {one.is_value ? (
                  <label className="browse-pick">
                    <input type="checkbox" disabled={one.tag !== undefined}
                      checked={picked.some((old) => old.path === one.path)}
                      onChange={() => onTurn(one)} /> {one.name}
                  </label>
                ) : (
                  <button type="button" className="chip" onClick={() => onOpen(one)}>
                    {one.name} ›
                  </button>
                )}
              </td>
              <td className="num">{one.path}</td>
              <td>{one.tag ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
