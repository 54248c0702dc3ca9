/* read.c -- from text to struct manifest, through libConfuse

   An included manifest is applied first, and what includes it on top: single
   values, roles and mounts replace, lists replace or (+=) append.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <confuse.h>
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/insides.h"
#include "lib/manifest/keys.h"
#include "lib/manifest/proof.h"
#include "lib/manifest/strings.h"
#include "lib/manifest/values.h"

#define INCLUDES_DEEPEST 8

#define COUNT(array) (sizeof (array) / sizeof *(array))

static const char *const answers[] = { "yes", "no" };

/* One text being read.  */
struct reading
{
  struct manifest *manifest;
  const struct manifest_reader *reader;
  struct mistakes *mistakes;
  const struct reading *includer; /* NULL for the first text */
  const char *file;
  struct proof proof;
};

/* A section at hand: what libConfuse and what the proof knows of it.  */
struct part
{
  cfg_t *cfg;
  const char *name;
  const char *title;
};

/* libConfuse hands its error function no cookie.  */
static struct reading *reading_now;

static void __attribute__ ((format (printf, 4, 5)))
complain (struct reading *r, const struct part *part, struct place place,
          const char *format, ...)
{
  struct text text = TEXT_INIT;
  va_list arguments;

  section_describe (&text, part->name, part->title);
  va_start (arguments, format);
  text_vprintf (&text, format, arguments);
  va_end (arguments);
  mistake_add (r->mistakes, place, "%s", text_string (&text));
  text_finish (&text);
}

static void
complain_memory (struct reading *r)
{
  mistake_add (r->mistakes, (struct place){ r->file, 0 }, "out of memory");
}

/* Was KEY (NULL: the section itself) given?  Then say where.  */
static bool
given (struct reading *r, const struct part *part, const char *key,
       struct place *ret_place)
{
  const struct statement *statement
      = proof_find (&r->proof, part->name, part->title, key);

  if (!statement || statement->misshapen)
    return false;
  *ret_place = (struct place){ r->file, statement->line };
  return true;
}

/* Was KEY tried at least?  Then a mistake was reported already.  */
static bool
tried (const struct reading *r, const struct part *part, const char *key)
{
  return proof_find (&r->proof, part->name, part->title, key);
}

/* Replace *STRING by a copy of VALUE.  */
static void
string_set (struct reading *r, char **string, const char *value)
{
  char *copy = strdup (value);

  if (!copy)
    {
      complain_memory (r);
      return;
    }
  free (*string);
  *string = copy;
}

/* The text of KEY, or NULL if it was not given.  */
static const char *
string_get (struct reading *r, const struct part *part, const char *key,
            struct place *ret_place)
{
  return given (r, part, key, ret_place) ? cfg_getstr (part->cfg, key) : NULL;
}

/* Complain that VALUE is no word of WORDS.  */
static void
complain_word (struct reading *r, const struct part *part, struct place place,
               const char *what, const char *value, const char *const *words,
               size_t count)
{
  struct text text = TEXT_INIT;

  section_describe (&text, part->name, part->title);
  text_add (&text, what);
  mistake_add_word (r->mistakes, place, text_string (&text), value, words,
                    count);
  text_finish (&text);
}

/* The index of KEY's value in WORDS: COUNT if it is none of them (that was
   complained of), SIZE_MAX if it was not given.  */
static size_t
word_get (struct reading *r, const struct part *part, const char *key,
          const char *what, const char *const *words, size_t count,
          struct place *ret_place)
{
  const char *value = string_get (r, part, key, ret_place);
  size_t index;

  if (!value)
    return SIZE_MAX;
  index = value_word (value, words, count);
  if (index == count)
    complain_word (r, part, *ret_place, what, value, words, count);
  return index;
}

static void
answer_get (struct reading *r, const struct part *part, const char *key,
            bool *ret_answer, struct place *ret_place)
{
  struct text what = TEXT_INIT;
  size_t index;

  text_printf (&what, "\"%s\" cannot be", key);
  index = word_get (r, part, key, text_string (&what), answers,
                    COUNT (answers), ret_place);
  text_finish (&what);
  if (index < COUNT (answers))
    *ret_answer = index == 0;
}

static void
words_get (struct reading *r, const struct part *part, const char *key,
           struct words *words)
{
  const struct statement *statement
      = proof_find (&r->proof, part->name, part->title, key);

  if (!statement || statement->misshapen)
    return;
  if (!statement->append)
    words_finish (words);
  for (unsigned int i = 0; i < cfg_size (part->cfg, key); i++)
    if (!words_add (words, cfg_getnstr (part->cfg, key, i)))
      complain_memory (r);
}

/* Say what WHY says about the value of KEY, and empty WHY.  */
static void
complain_why (struct reading *r, const struct part *part, struct place place,
              const char *key, struct text *why)
{
  complain (r, part, place, "\"%s\": %s", key, text_string (why));
  text_finish (why);
}

/* Roles.  */

/* In the order in which they are told.  */
static const char *const source_choices[SOURCES]
    = { "own", "proxy", "fake", "parent", "absent" };

/* What a role may be given beside its source, and for which roles.  */
static const struct role_option
{
  const char *key;
  bool proxied; /* says what passes: makes no sense with another source */
  bool roles[ROLES];
} role_options[] = {
  { .key = "device", .roles = { [ROLE_CONSOLE] = true } },
  { .key = "allow",
    .proxied = true,
    .roles
    = { [ROLE_LOCAL] = true, [ROLE_INET] = true, [ROLE_DEVICES] = true } },
  { .key = "see", .proxied = true, .roles = { [ROLE_PROC] = true } },
  { .key = "signal", .proxied = true, .roles = { [ROLE_PROC] = true } },
  { .key = "unsafe", .roles = { [ROLE_DEVICES] = true } },
};

static void
role_options_judge (struct reading *r, const struct part *part, size_t role,
                    enum source source)
{
  struct text text = TEXT_INIT;
  const char *names[ROLES];
  struct place place;

  for (size_t i = 0; i < COUNT (role_options); i++)
    {
      const struct role_option *option = &role_options[i];

      if (!given (r, part, option->key, &place))
        continue;
      for (size_t n = 0; n < ROLES; n++)
        names[n] = option->roles[n] ? role_names[n] : NULL;
      text_clear (&text);
      text_add_words (&text, names, ROLES, "and");
      if (!option->roles[role])
        complain (r, part, place,
                  "\"%s\" means nothing for this role, only for %s",
                  option->key, text_string (&text));
      else if (option->proxied && source != SOURCE_PROXY
               && source != SOURCE_UNKNOWN)
        complain (r, part, place,
                  "\"%s\" says what a proxy lets through, and the source is "
                  "%s; expected source = proxy",
                  option->key, source_names[source]);
    }
  text_finish (&text);
}

static void
role_get (struct reading *r, const struct part *part)
{
  size_t index = value_word (part->title, role_names, ROLES);
  struct manifest_role *role = &r->manifest->roles[index % ROLES];
  struct place place = { r->file, 0 };
  const char *device;
  size_t source;

  (void)given (r, part, NULL, &place);
  if (index == ROLES)
    {
      mistake_add_word (r->mistakes, place, "unknown role", part->title,
                        role_names, ROLES);
      return;
    }
  role_finish (role);
  role->place = place;
  role->source = SOURCE_UNKNOWN;
  source = word_get (r, part, "source", "unknown source", source_choices,
                     SOURCES, &role->place);
  if (source < SOURCES)
    role->source = (enum source)value_word (source_choices[source],
                                            source_names, SOURCES);
  else if (!tried (r, part, "source"))
    complain (r, part, place,
              "no source; expected source = own, proxy, fake, parent or "
              "absent");
  role_options_judge (r, part, index, role->source);
  device = string_get (r, part, "device", &place);
  if (device)
    string_set (r, &role->device, device);
  words_get (r, part, "allow", &role->allow);
  words_get (r, part, "see", &role->see);
  words_get (r, part, "signal", &role->signal);
  answer_get (r, part, "unsafe", &role->unsafe, &place);
}

/* Mounts.  */

/* The entry for the mount at PATH (consumed), emptied if there was one.  */
static struct manifest_mount *
mount_entry (struct reading *r, const struct part *part, char *path,
             struct place place)
{
  struct manifest *manifest = r->manifest;
  struct manifest_mount *mount = NULL;

  for (size_t i = 0; i < manifest->mount_count; i++)
    if (strcmp (manifest->mounts[i].path, path) == 0)
      mount = &manifest->mounts[i];
  if (mount && mount->place.file == r->file)
    complain (r, part, place, "given twice; the first is on line %u",
              mount->place.line);
  if (!mount)
    {
      mount = realloc (manifest->mounts,
                       (manifest->mount_count + 1) * sizeof *mount);
      if (!mount)
        {
          complain_memory (r);
          free (path);
          return NULL;
        }
      manifest->mounts = mount;
      mount += manifest->mount_count++;
      *mount = (struct manifest_mount){ .path = NULL };
    }
  mount_finish (mount);
  mount->path = path;
  mount->place = place;
  return mount;
}

static void
mount_from_get (struct reading *r, const struct part *part,
                struct manifest_mount *mount)
{
  struct text why = TEXT_INIT;
  struct place place = mount->place;
  const char *from = string_get (r, part, "from", &place);

  mount->kind = MOUNT_UNKNOWN;
  if (!from)
    {
      if (tried (r, part, "from"))
        return;
      complain (r, part, place,
                "from nowhere; expected from = memory, "
                "\"archive:DEVICE\", \"template:NAME\" or \"/PATH\"");
    }
  else if (!value_from (from, &mount->kind, &mount->argument, &why))
    {
      mount->kind = MOUNT_UNKNOWN;
      complain_why (r, part, place, "from", &why);
    }
}

static void
mount_get (struct reading *r, const struct part *part)
{
  struct manifest_mount *mount;
  struct text why = TEXT_INIT;
  struct place place = { r->file, 0 };
  char *path;
  size_t mode;

  (void)given (r, part, NULL, &place);
  if (!value_path (part->title, &path, &why))
    {
      mistake_add (r->mistakes, place, "mount: %s", text_string (&why));
      text_finish (&why);
      return;
    }
  mount = mount_entry (r, part, path, place);
  if (!mount)
    return;
  mount_from_get (r, part, mount);
  mode = word_get (r, part, "mode", "unknown mode", mode_names, MODES, &place);
  if (mode == SIZE_MAX)
    mount->mode
        = mount->kind == MOUNT_MEMORY ? MODE_READ_WRITE : MODE_READ_ONLY;
  else
    mount->mode = (enum mount_mode)mode;
  answer_get (r, part, "nosuid", &mount->nosuid, &place);
  answer_get (r, part, "noexec", &mount->noexec, &place);
  words_get (r, part, "hide", &mount->hide);
  for (size_t i = 0; i < mount->hide.count; i++)
    if (strchr (mount->hide.words[i], '/') || !*mount->hide.words[i])
      complain (r, part, place,
                "\"hide\" lists names, and \"%s\" is none; expected one "
                "without \"/\"",
                mount->hide.words[i]);
}

/* The rest.  */

static void
identity_get (struct reading *r, const struct part *part)
{
  struct manifest *manifest = r->manifest;
  size_t identity
      = word_get (r, part, "identity", "unknown identity", identity_names,
                  IDENTITIES, &manifest->identity_place);

  if (identity != SIZE_MAX)
    manifest->identity = (enum identity)identity;
}

static void
map_get (struct reading *r, const struct part *part, const char *key,
         struct id_map *map)
{
  struct text why = TEXT_INIT;
  struct place place;
  unsigned int count;

  if (!given (r, part, key, &place))
    return;
  count = cfg_size (part->cfg, key);
  free (map->ranges);
  map->count = 0;
  map->ranges = calloc (count ? count : 1, sizeof *map->ranges);
  if (!map->ranges)
    {
      complain_memory (r);
      return;
    }
  for (unsigned int i = 0; i < count; i++)
    if (value_range (cfg_getnstr (part->cfg, key, i), &map->ranges[map->count],
                     &why))
      map->count++;
    else
      complain_why (r, part, place, key, &why);
}

static void
limits_get (struct reading *r, const struct part *part)
{
  struct manifest *manifest = r->manifest;
  struct text why = TEXT_INIT;

  for (size_t i = 0; i < LIMITS; i++)
    {
      const char *value
          = string_get (r, part, limit_names[i], &manifest->limit_places[i]);

      if (value && !value_number (value, &manifest->limits[i], &why))
        complain_why (r, part, manifest->limit_places[i], limit_names[i],
                      &why);
    }
}

static void
variable_set (struct reading *r, const char *name, const char *value)
{
  struct manifest *manifest = r->manifest;
  struct manifest_variable *variables;

  for (size_t i = 0; i < manifest->variable_count; i++)
    if (strcmp (manifest->variables[i].name, name) == 0)
      {
        string_set (r, &manifest->variables[i].value, value);
        return;
      }
  variables = realloc (manifest->variables,
                       (manifest->variable_count + 1) * sizeof *variables);
  if (!variables)
    {
      complain_memory (r);
      return;
    }
  manifest->variables = variables;
  variables += manifest->variable_count;
  variables->name = strdup (name);
  variables->value = strdup (value);
  if (variables->name && variables->value)
    {
      manifest->variable_count++;
      return;
    }
  free (variables->name);
  free (variables->value);
  complain_memory (r);
}

static void
variables_get (struct reading *r, const struct part *part)
{
  for (unsigned int i = 0; i < cfg_num (part->cfg); i++)
    {
      cfg_opt_t *opt = cfg_getnopt (part->cfg, i);
      struct place place;

      if (given (r, part, cfg_opt_name (opt), &place))
        variable_set (r, cfg_opt_name (opt), cfg_opt_getstr (opt));
    }
}

static void
directory_get (struct reading *r, const struct part *part)
{
  struct text why = TEXT_INIT;
  struct place place;
  const char *value = string_get (r, part, "directory", &place);
  char *path;

  if (!value)
    return;
  if (!value_path (value, &path, &why))
    {
      complain_why (r, part, place, "directory", &why);
      return;
    }
  free (r->manifest->directory);
  r->manifest->directory = path;
}

static void
name_get (struct reading *r, const struct part *part)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

  (void)given (r, part, NULL, &r->manifest->place);
  if (!*part->title || *part->title == '.' || strlen (part->title) > 63
      || part->title[strspn (part->title, letters)])
    complain (r, part, r->manifest->place,
              "\"%s\" cannot be the name of an environment; expected at most "
              "63 letters, digits, \"-\", \"_\" and \".\"",
              part->title);
  string_set (r, &r->manifest->name, part->title);
}

/* Do GET for each section NAME in PART.  */
static void
sections_get (struct reading *r, const struct part *in, const char *name,
              void (*get) (struct reading *, const struct part *))
{
  for (unsigned int i = 0; i < cfg_size (in->cfg, name); i++)
    {
      cfg_t *cfg = cfg_getnsec (in->cfg, name, i);
      struct part part = { cfg, name, cfg_title (cfg) };
      struct place place;

      /* libConfuse makes sections that were never written.  */
      if (given (r, &part, NULL, &place))
        get (r, &part);
    }
}

static void text_read (struct reading *r, const char *text);

/* Is NAME being read already?  */
static bool
reading_includes (const struct reading *r, const char *name)
{
  for (; r; r = r->includer)
    if (strcmp (r->file, name) == 0)
      return true;
  return false;
}

static void
include_get (struct reading *r, const struct part *part, const char *name,
             struct place place)
{
  struct reading inner = *r;
  char *text = NULL, *shown = NULL;
  size_t depth = 0;
  error_t err = EOPNOTSUPP;

  for (const struct reading *i = r; i; i = i->includer)
    depth++;
  if (depth > INCLUDES_DEEPEST)
    {
      complain (r, part, place, "manifests include one another too deeply");
      return;
    }
  if (r->reader)
    err = r->reader->read (r->reader->cookie, name, r->file, &text, &shown);
  if (err)
    {
      complain (r, part, place, "cannot include \"%s\": %s", name,
                strerror (err));
      return;
    }
  inner.includer = r;
  inner.file = manifest_add_file (r->manifest, shown);
  if (!inner.file)
    complain_memory (r);
  else if (reading_includes (r, shown))
    complain (r, part, place, "\"%s\" includes itself", shown);
  else
    text_read (&inner, text);
  free (text);
  free (shown);
}

static void
environment_get (struct reading *r, const struct part *part)
{
  struct place place;

  if (given (r, part, "include", &place))
    for (unsigned int i = 0; i < cfg_size (part->cfg, "include"); i++)
      include_get (r, part, cfg_getnstr (part->cfg, "include", i), place);
  name_get (r, part);
  identity_get (r, part);
  map_get (r, part, "uids", &r->manifest->uids);
  map_get (r, part, "gids", &r->manifest->gids);
  sections_get (r, part, "role", role_get);
  sections_get (r, part, "mount", mount_get);
  sections_get (r, part, "variables", variables_get);
  sections_get (r, part, "limits", limits_get);
  directory_get (r, part);
  words_get (r, part, "command", &r->manifest->command);
  answer_get (r, part, "contained", &r->manifest->contained,
              &r->manifest->contained_place);
}

/* What the proof lets through should give libConfuse nothing to say.  Of a
   section with free keys it says that it does not know the key, and takes it
   nevertheless.  */
static void
confuse_error (cfg_t *cfg, const char *format, va_list arguments)
{
  struct text text = TEXT_INIT;

  if (cfg->flags & CFGF_KEYSTRVAL)
    return;
  text_vprintf (&text, format, arguments);
  mistake_add (reading_now->mistakes,
               (struct place){ reading_now->file, (unsigned int)cfg->line },
               "%s", text_string (&text));
  text_finish (&text);
}

static bool
confuse_parse (struct reading *r, cfg_t *cfg)
{
  int status;

  reading_now = r;
  cfg_set_error_function (cfg, confuse_error);
  status = cfg_parse_buf (cfg, r->proof.text);
  reading_now = NULL;
  if (status != CFG_SUCCESS && !mistakes_forbid (r->mistakes))
    mistake_add (r->mistakes, (struct place){ r->file, 0 },
                 "the manifest cannot be parsed");
  return status == CFG_SUCCESS;
}

static void
text_read (struct reading *r, const char *text)
{
  struct part whole = { .name = NULL };
  size_t before = r->mistakes->count;

  proof_read (&r->proof, r->file, text, r->mistakes);
  if (r->proof.text)
    {
      whole.cfg = cfg_init (file_keys, CFGF_NONE);
      if (!whole.cfg)
        complain_memory (r);
      else if (confuse_parse (r, whole.cfg))
        {
          if (r->mistakes->count == before
              && cfg_size (whole.cfg, "environment") == 0)
            mistake_add (r->mistakes, (struct place){ r->file, 1 },
                         "nothing is described; expected environment "
                         "\"NAME\" { ... }");
          sections_get (r, &whole, "environment", environment_get);
        }
      cfg_free (whole.cfg);
    }
  proof_finish (&r->proof);
}

static int
mount_compare (const void *a, const void *b)
{
  const struct manifest_mount *x = a, *y = b;

  return strcmp (x->path, y->path);
}

/* Mounts are what role root serves, so they bring it along; and role root as
   a proxy is the parent's root directory wherever nothing is mounted.  */
static void
root_complete (struct reading *r)
{
  struct manifest *manifest = r->manifest;
  struct manifest_role *root = &manifest->roles[ROLE_ROOT];
  struct part part = { NULL, "mount", "/" };
  struct manifest_mount *mount;
  char *path;

  if (manifest->mount_count && !root->place.file)
    {
      root->source = SOURCE_OWN;
      root->place = manifest->mounts[0].place;
    }
  if (root->source != SOURCE_PROXY || manifest_find_mount (manifest, "/"))
    return;
  path = strdup ("/");
  mount = path ? mount_entry (r, &part, path, root->place) : NULL;
  if (!mount)
    return;
  mount->kind = MOUNT_PARENT;
  string_set (r, &mount->argument, "/");
}

struct manifest *
manifest_parse (const char *name, const char *text,
                const struct manifest_reader *reader,
                struct mistakes *mistakes)
{
  struct reading r = { .reader = reader, .mistakes = mistakes };

  r.manifest = manifest_create ();
  if (r.manifest)
    r.file = manifest_add_file (r.manifest, name);
  if (!r.file)
    {
      mistake_add (mistakes, (struct place){ name, 0 }, "out of memory");
      manifest_destroy (r.manifest);
      return NULL;
    }
  text_read (&r, text);
  root_complete (&r);
  if (r.manifest->mount_count)
    qsort (r.manifest->mounts, r.manifest->mount_count,
           sizeof *r.manifest->mounts, mount_compare);
  manifest_check (r.manifest, mistakes);
  if (mistakes_forbid (mistakes))
    {
      manifest_destroy (r.manifest);
      return NULL;
    }
  return r.manifest;
}
