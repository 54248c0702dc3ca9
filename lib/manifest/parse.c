/* parse.c -- from texts to struct manifest, through libConfuse

   An included manifest is applied first, and what includes it on top: single
   values, roles and mounts replace, lists replace or (+=) append.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <confuse.h>
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/insides.h"
#include "lib/manifest/keys.h"
#include "lib/manifest/reading.h"

#define INCLUDES_DEEPEST 8
#define INCLUDES_MOST 64

/* libConfuse hands its error function no cookie.  */
static struct reading *reading_now;

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
  if (depth > INCLUDES_DEEPEST || r->manifest->file_count > INCLUDES_MOST)
    {
      reading_complain (r, part, place,
                        "too many manifests are included, or too deeply");
      return;
    }
  if (r->reader)
    err = r->reader->read (r->reader->cookie, name, r->file, &text, &shown);
  if (err)
    {
      reading_complain (r, part, place, "cannot include \"%s\": %s", name,
                        strerror (err));
      return;
    }
  inner.includer = r;
  inner.file = manifest_add_file (r->manifest, shown);
  if (!inner.file)
    reading_out_of_memory (r);
  else if (reading_includes (r, shown))
    reading_complain (r, part, place, "\"%s\" includes itself", shown);
  else
    text_read (&inner, text);
  free (text);
  free (shown);
}

/* What is included comes first, wherever it is written.  */
static void
environment_get (struct reading *r, const struct part *part)
{
  struct place place;

  if (reading_given (r, part, "include", &place))
    for (unsigned int i = 0; i < cfg_size (part->cfg, "include"); i++)
      include_get (r, part, cfg_getnstr (part->cfg, "include", i), place);
  environment_read (r, part);
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

/* Apply TEXT, which is r->file, to the manifest.  */
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
        reading_out_of_memory (r);
      else if (confuse_parse (r, whole.cfg))
        {
          if (r->mistakes->count == before
              && cfg_size (whole.cfg, "environment") == 0)
            mistake_add (r->mistakes, (struct place){ r->file, 1 },
                         "nothing is described; expected environment "
                         "\"NAME\" { ... }");
          reading_sections (r, &whole, "environment", environment_get);
        }
      cfg_free (whole.cfg);
    }
  proof_finish (&r->proof);
}

void
manifest_text (char *text, size_t size)
{
  char *nul = memchr (text, '\0', size);

  if (nul)
    *nul = '\x7f';
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
      mistakes_out_of_memory (mistakes, name);
      manifest_destroy (r.manifest);
      return NULL;
    }
  text_read (&r, text);
  environment_complete (&r);
  manifest_check (r.manifest, mistakes);
  if (mistakes_forbid (mistakes))
    {
      manifest_destroy (r.manifest);
      return NULL;
    }
  return r.manifest;
}
