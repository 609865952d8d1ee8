// Bringing sources and tags in: from a list, or by looking into a source and ticking what to read.
import { useState } from "react";
import * as calls from "../api/calls_response.ts";
import type { SourceNode, SourceRow } from "../api/types_response.ts";
import { planOfForm, rowsOf } from "../data/form_lists.ts";
import { refresh, useQuery } from "../data/query.ts";
import { useForm } from "../data/records.ts";
import { useBlock } from "../text/block.ts";
import { sourceText } from "../text/source_words.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import type { Cells } from "./import_grid.tsx";
import { ImportPanel } from "./import_panel.tsx";
import { FormFile } from "./lists.tsx";

type Shown = { kind: "source" } | { kind: "tag"; rows: Cells[] }
  | { kind: "browse"; source: SourceRow };
const browsable = ["opcua", "replay", "sparkplug"];

export default function SourceTools({ rows }: { rows: SourceRow[] }) {
  const { t } = useBlock(sourceText);
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
        <ButtonLink href="#/lists/tag" icon="master">{t("editLists")}</ButtonLink>
        {open.map((row) => (
          <Button
            key={row.code} text={`${t("browse")} ${row.code}`} icon="search"
            run={() => setShown({ kind: "browse", source: row })}
          />
        ))}
      </div>
      {shown?.kind === "source" && (
        <Dialog title={t("addSource")} onClose={close} isWide>
          <ImportOf id="source" hint={t("sourceHint")} onDone={close} />
        </Dialog>
      )}
      {shown?.kind === "tag" && (
        <Dialog title={t("mapTags")} onClose={close} isWide>
          <ImportOf id="tag" hint={t("tagHint")} rows={shown.rows} onDone={close} />
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

// The form says the columns; it is asked for when somebody opens the dialog.
function ImportOf({ id, hint, rows, onDone }: {
  id: string; hint: string; rows?: Cells[]; onDone: () => void;
}) {
  const query = useForm(id);
  return (
    <Ready query={query}>
      {(form) => (
        <ImportPanel plan={planOfForm(form)} hint={hint} onDone={onDone}
          {...(rows ? { first: rows } : {})} />
      )}
    </Ready>
  );
}

function TagsFile() {
  const { t } = useBlock(sourceText);
  const form = useForm("tag").value;
  return form ? <FormFile form={form} text={t("tagsCsv")} /> : null;
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
