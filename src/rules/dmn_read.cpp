// Reads the XML of a model and its imports (DMN 1.5, 6 and 7).

#include <algorithm>
#include <set>

#include "core/text.h"
#include "rules/dmn_boxed.h"
#include "rules/dmn_model.h"

namespace anlan::rules {

namespace {

using Drg = ModelData::Drg;

std::string key_of(std::string_view space, std::string_view id) {
  return std::string(space) + "#" + std::string(id);
}

bool has_operator(std::string_view name) {
  return name.find_first_of("+-*/.'") != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(const Model::Options& options)
      : options_(options), boxed_(options.keep_broken_expressions) {}

  Result<ModelData> read(std::string_view xml) {
    files_.push_back(TRY(definitions(xml)));
    for (const std::string& import : options_.imports) files_.push_back(TRY(definitions(import)));
    out_.name = files_.front().attribute("name");
    out_.space = files_.front().attribute("namespace");
    // The imported ones first: their types must be known.
    for (std::size_t i = files_.size(); i-- > 0;) {
      imports(files_[i]);
      collect_names(files_[i]);
    }
    for (std::size_t i = files_.size(); i-- > 0;) {
      if (auto bad = elements(files_[i])) return std::unexpected(*bad);
    }
    for (std::size_t i = files_.size(); i-- > 0;) {
      if (auto bad = types(files_[i])) return std::unexpected(*bad);
    }
    for (const Xml& file : files_) {
      if (auto bad = requirements(file)) return std::unexpected(*bad);
    }
    for (const Xml& file : files_) {
      if (auto bad = logic(file)) return std::unexpected(*bad);
    }
    out_.warnings = boxed_.warnings;
    return std::move(out_);
  }

 private:
  using Bad = std::optional<Error>;

  Result<Xml> definitions(std::string_view bytes) {
    Xml xml = TRY(Xml::parse(bytes));
    bool dmn = xml.name == "definitions" && xml.space.find("/spec/DMN/") != std::string::npos;
    if (!dmn)
      return refuse(ErrorCode::BadModel, "no DMN definitions", std::string(xml.attribute("id")));
    return xml;
  }

  Bad bad(const Xml& xml, std::string why) {
    if (options_.keep_broken_expressions) {
      boxed_.warnings.push_back(std::move(why));
      return std::nullopt;
    }
    return Error{.code = ErrorCode::BadModel,
                 .detail = std::move(why),
                 .field = std::string(xml.attribute("id"))};
  }

  void imports(const Xml& file) {
    std::string space(file.attribute("namespace"));
    for (const Xml* import : file.all("import")) {
      std::string name = normalized_name(import->attribute("name"));
      out_.import_names[space][std::string(import->attribute("namespace"))] = name;
      everywhere_.insert(std::move(name));
    }
  }

  // Names with spaces are known everywhere, because paths and filters reach into any structure.
  void collect_names(const Xml& xml) {
    static const std::set<std::string, std::less<>> kNamed = {
        "itemComponent",   "inputData", "decision", "businessKnowledgeModel",
        "decisionService", "variable",  "column",   "output"};
    if (kNamed.contains(xml.name)) {
      std::string name = normalized_name(xml.attribute("name"));
      if (!has_operator(name)) everywhere_.insert(std::move(name));
    }
    for (const Xml& child : xml.children) collect_names(child);
  }

  Bad elements(const Xml& file) {
    static const std::pair<std::string_view, Drg::Kind> kKinds[] = {
        {"inputData", Drg::Kind::Input},
        {"decision", Drg::Kind::Decision},
        {"businessKnowledgeModel", Drg::Kind::Knowledge},
        {"decisionService", Drg::Kind::Service}};
    for (const Xml& xml : file.children) {
      for (const auto& [name, kind] : kKinds) {
        if (xml.name != name) continue;
        Drg drg{.kind = kind, .id = std::string(xml.attribute("id"))};
        drg.name = normalized_name(xml.attribute("name"));
        drg.space = file.attribute("namespace");
        if (drg.id.empty()) drg.id = drg.name;
        const Xml* variable = xml.child("variable");
        if (variable != nullptr) drg.type_name = variable->attribute("typeRef");
        std::string key = key_of(drg.space, drg.id);
        if (out_.elements.contains(key)) {
          if (auto error = bad(xml, "the id '" + drg.id + "' stands twice")) return error;
          continue;
        }
        out_.order.push_back(key);
        out_.elements.emplace(std::move(key), std::move(drg));
      }
    }
    return std::nullopt;
  }

  Surroundings surroundings(std::string_view space) const {
    Surroundings out = feel_surroundings();
    for (const std::string& name : everywhere_) out.lexicon.add(name);
    auto own = types_.find(space);
    if (own != types_.end()) {
      for (const auto& [name, type] : own->second) out.add_type(name, type);
    }
    auto imports = out_.import_names.find(std::string(space));
    if (imports == out_.import_names.end()) return out;
    for (const auto& [imported, prefix] : imports->second) {
      auto theirs = types_.find(imported);
      if (theirs == types_.end()) continue;
      for (const auto& [name, type] : theirs->second) {
        out.add_type(prefix.empty() ? name : prefix + "." + name, type);
      }
    }
    return out;
  }

  Bad types(const Xml& file) {
    std::string space(file.attribute("namespace"));
    around_ = surroundings(space);
    for (const Xml* item : file.all("itemDefinition")) {
      open_.clear();
      TypePtr made = item_type(file, *item);
      if (boxed_.error()) return boxed_.error();
      std::string name = normalized_name(item->attribute("name"));
      types_[space][name] = made;
      around_.add_type(name, made);
    }
    for (auto& [key, drg] : out_.elements) {
      if (drg.space != space) continue;
      drg.type = boxed_.type(drg.type_name, around_, Xml{.attributes = {{"id", drg.id}}});
      if (boxed_.error()) return boxed_.error();
    }
    return std::nullopt;
  }

  // A reference to an item definition that stands further down reads that one first.
  TypePtr referenced_type(const Xml& file, std::string_view text, const Xml& at) {
    std::string name = normalized_name(text);
    if (around_.types.contains(name) || basic_type(name)) return boxed_.type(name, around_, at);
    for (const Xml* item : file.all("itemDefinition")) {
      if (normalized_name(item->attribute("name")) != name) continue;
      if (!open_.insert(name).second) return nullptr;  // within itself: anything goes
      TypePtr made = item_type(file, *item);
      around_.add_type(name, made);
      return made;
    }
    return boxed_.type(name, around_, at);
  }

  TypePtr item_type(const Xml& file, const Xml& item) {
    auto out = std::make_shared<Type>();
    if (open_.size() > 64) return out;
    std::string_view reference = item.text_of("typeRef");
    if (!reference.empty()) {
      TypePtr base = referenced_type(file, reference, item);
      if (base) *out = *base;
    }
    std::vector<const Xml*> components = item.all("itemComponent");
    if (!components.empty()) out->kind = Type::Kind::Context;
    for (const Xml* component : components) {
      TypePtr member = item_type(file, *component);
      out->members.emplace_back(normalized_name(component->attribute("name")), std::move(member));
    }
    if (const Xml* function = item.child("functionItem")) function_item(file, *function, *out);
    out->name = normalized_name(item.attribute("name"));
    if (const Xml* allowed = item.child("allowedValues")) {
      out->allowed = boxed_.tests(item, allowed->text_of("text"), around_);
    }
    TypePtr done = out;
    if (item.attribute("isCollection") == "true") {
      auto all = std::make_shared<Type>(Type{.kind = Type::Kind::List, .element = done});
      all->name = out->name;
      done = all;
    }
    const Xml* constraint = item.child("typeConstraint");
    if (constraint == nullptr) return done;
    auto limited = std::make_shared<Type>(*done);
    limited->allowed = boxed_.tests(item, constraint->text_of("text"), around_);
    return limited;
  }

  void function_item(const Xml& file, const Xml& xml, Type& out) {
    out.kind = Type::Kind::Function;
    out.has_signature = true;
    auto any = std::make_shared<const Type>();
    std::string_view result = xml.attribute("outputTypeRef");
    out.element = result.empty() ? any : referenced_type(file, result, xml);
    for (const Xml* parameter : xml.all("parameters")) {
      TypePtr type = referenced_type(file, parameter->attribute("typeRef"), xml);
      out.parameters.push_back(type ? type : any);
    }
  }

  const Drg* referenced(const Xml& file, const Xml& reference) const {
    std::string_view href = reference.attribute("href");
    std::string key(href);
    if (href.starts_with('#')) key = key_of(file.attribute("namespace"), href.substr(1));
    if (!href.contains('#')) key = key_of(file.attribute("namespace"), href);
    auto found = out_.elements.find(key);
    return found == out_.elements.end() ? nullptr : &found->second;
  }

  Bad requirements(const Xml& file) {
    for (const Xml& xml : file.children) {
      auto found = out_.elements.find(element_key(file, xml));
      if (found == out_.elements.end()) continue;
      Drg& drg = found->second;
      for (const Xml& child : xml.children) {
        bool of_service = drg.kind == Drg::Kind::Service && child.children.empty();
        for (const Xml& part : of_service ? std::vector<Xml>{child} : child.children) {
          if (!part.name.starts_with("required") && !of_service) continue;
          if (part.attribute("href").empty() || part.name == "requiredAuthority") continue;
          const Drg* target = referenced(file, part);
          if (target == nullptr) {
            if (auto error = bad(xml, "no element '" + std::string(part.attribute("href")) + "'")) {
              return error;
            }
            continue;
          }
          attach(drg, part.name, target);
        }
      }
      // Parameters of a service: input data first, then input decisions (DMN 1.5, 10.4).
      std::ranges::stable_sort(drg.parameters, {}, &Drg::kind);
    }
    return std::nullopt;
  }

  static void attach(Drg& drg, std::string_view how, const Drg* target) {
    if (drg.kind != Drg::Kind::Service) {
      drg.requires_elements.push_back(target);
    } else if (how == "outputDecision") {
      drg.outputs.push_back(target);
    } else if (how == "inputDecision" || how == "inputData") {
      drg.parameters.push_back(target);
    }
  }

  static std::string element_key(const Xml& file, const Xml& xml) {
    std::string_view id = xml.attribute("id");
    if (!id.empty()) return key_of(file.attribute("namespace"), id);
    return key_of(file.attribute("namespace"), normalized_name(xml.attribute("name")));
  }

  Bad logic(const Xml& file) {
    const Surroundings base = surroundings(file.attribute("namespace"));
    for (const Xml& xml : file.children) {
      auto found = out_.elements.find(element_key(file, xml));
      if (found == out_.elements.end() || found->second.kind == Drg::Kind::Input) continue;
      Drg& drg = found->second;
      Surroundings around = base;
      for (const Drg* required : drg.requires_elements) {
        around.add_name(required->space == drg.space ? required->name
                                                     : import_name(drg, *required));
      }
      if (drg.kind == Drg::Kind::Knowledge) {
        around.add_name(drg.name);  // it may call itself
        const Xml* inner = xml.child("encapsulatedLogic");
        bool is_signature = drg.type && drg.type->kind == Type::Kind::Function;
        TypePtr result = is_signature ? drg.type->element : drg.type;
        if (inner != nullptr) drg.logic = boxed_.function(*inner, around, result);
      } else if (drg.kind == Drg::Kind::Decision) {
        const Xml* inner = BoxedReader::first_expression(xml);
        if (inner != nullptr) drg.logic = boxed_.expression(*inner, around);
      }
      if (boxed_.error()) {
        Error error = *boxed_.error();
        if (error.field.empty()) error.field = drg.id;
        return error;
      }
    }
    return std::nullopt;
  }

  std::string import_name(const Drg& from, const Drg& to) const {
    auto imports = out_.import_names.find(from.space);
    if (imports == out_.import_names.end()) return to.name;
    auto name = imports->second.find(to.space);
    return name == imports->second.end() || name->second.empty() ? to.name : name->second;
  }

  const Model::Options& options_;
  BoxedReader boxed_;
  ModelData out_;
  std::vector<Xml> files_;
  std::set<std::string, std::less<>> everywhere_;
  std::map<std::string, std::map<std::string, TypePtr>, std::less<>> types_;
  Surroundings around_;
  std::set<std::string> open_;
};

}  // namespace

Result<Model> Model::parse(std::string_view xml) { return parse(xml, {}); }

Result<Model> Model::parse(std::string_view xml, const Options& options) {
  Reader reader(options);
  ModelData data = TRY(reader.read(xml));
  Model out;
  // Elements point at each other inside the map; moving a map keeps its nodes where they are.
  out.data_ = std::make_shared<const ModelData>(std::move(data));
  return out;
}

}  // namespace anlan::rules
