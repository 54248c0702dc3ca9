/* test_manifest.c -- what the corpus cannot say about manifests
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <stdlib.h>
#include <string.h>

#include "lib/manifest/manifest.h"
#include "tests/unit/tables.h"

static const char root_text[]
    = "environment \"root\" {\n"
      "  identity = root-inside\n"
      "  role \"auth\" { source = own }\n"
      "  role \"proc\" { source = own }\n"
      "  role \"exec\" { source = own }\n"
      "  mount \"/\" { from = \"archive:rd0\" mode = copy }\n"
      "  mount \"/tmp\" { from = memory nosuid = yes }\n"
      "  variables { PATH = \"/bin\" TERM = \"vt100\" }\n"
      "  limits { tasks = 64 memory = 16M }\n"
      "  directory = \"/root\"\n"
      "  command = { \"/bin/sh\", \"/etc/hurdle/rc\" }\n"
      "}\n";

static struct manifest *
parse_root (void)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct manifest *manifest;

  manifest = manifest_parse ("root.hurdle", root_text, NULL, &mistakes);
  CHECK (manifest && mistakes.count == 0);
  mistakes_finish (&mistakes);
  return manifest;
}

static void
manifest_says_what_was_written (void)
{
  struct manifest *m = parse_root ();

  CHECK_TEXT (m->name, "root");
  CHECK (m->place.line == 1 && m->identity == IDENTITY_ROOT_INSIDE);
  CHECK (m->roles[ROLE_AUTH].source == SOURCE_OWN);
  CHECK (m->roles[ROLE_AUTH].place.line == 3);
  CHECK (m->roles[ROLE_ROOT].source == SOURCE_OWN);
  CHECK (m->roles[ROLE_INET].source == SOURCE_ABSENT);
  CHECK (m->mount_count == 2);
  CHECK (m->mounts[0].kind == MOUNT_ARCHIVE);
  CHECK_TEXT (m->mounts[0].argument, "rd0");
  CHECK (m->mounts[0].mode == MODE_COPY && !m->mounts[0].nosuid);
  CHECK (m->mounts[1].kind == MOUNT_MEMORY && m->mounts[1].nosuid);
  CHECK (m->mounts[1].mode == MODE_READ_WRITE && !m->mounts[1].argument);
  CHECK_TEXT (m->variables[1].value, "vt100");
  CHECK (m->limits[LIMIT_TASKS] == 64);
  CHECK (m->limits[LIMIT_MEMORY] == 16 << 20 && !m->limits[LIMIT_HANDLES]);
  CHECK_TEXT (m->directory, "/root");
  CHECK (m->command.count == 2 && !m->command.words[2]);
  CHECK_TEXT (m->command.words[1], "/etc/hurdle/rc");
  CHECK (m->contained);
  manifest_destroy (m);
}

static void
manifest_finds_the_deepest_mount (void)
{
  struct manifest *m = parse_root ();

  CHECK_TEXT (manifest_find_mount (m, "/")->path, "/");
  CHECK_TEXT (manifest_find_mount (m, "/tmp")->path, "/tmp");
  CHECK_TEXT (manifest_find_mount (m, "/tmp/x/y")->path, "/tmp");
  CHECK_TEXT (manifest_find_mount (m, "/tmpfile")->path, "/");
  manifest_destroy (m);
}

static void
manifest_without_a_reader_includes_nothing (void)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;

  CHECK (!manifest_parse ("m", "environment \"x\" { include = \"y\" }", NULL,
                          &mistakes));
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said),
              "m:1: cannot include \"y\": Operation not supported\n");
  mistakes_finish (&mistakes);
  text_finish (&said);
}

static void
manifest_with_too_many_mistakes_says_so (void)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct text text = TEXT_INIT, said = TEXT_INIT;

  for (int i = 0; i < 5000; i++)
    text_add (&text, "nonsense = 1\n");
  CHECK (!manifest_parse ("m", text_string (&text), NULL, &mistakes));
  CHECK (mistakes.count == MISTAKES_MOST);
  mistakes_print (&mistakes, &said);
  CHECK (strstr (text_string (&said), "there are more mistakes"));
  mistakes_finish (&mistakes);
  text_finish (&text);
  text_finish (&said);
}

static void
manifest_too_long_is_refused (void)
{
  struct mistakes mistakes = MISTAKES_INIT;
  struct text text = TEXT_INIT;

  text_add (&text, "environment \"x\" { variables {\n");
  for (int i = 0; i < 3000; i++)
    text_printf (&text, "V%d = 1\n", i);
  text_add (&text, "} }\n");
  CHECK (!manifest_parse ("m", text_string (&text), NULL, &mistakes));
  mistakes_finish (&mistakes);
  text_finish (&text);
}

/* A version that has very little, whatever the present one has.  */
static const struct manifest_support support_little = {
  .roles = { [ROLE_AUTH] = { SUPPORT_NOW, SUPPORT_NOW },
             [ROLE_PROC] = { SUPPORT_NOW, SUPPORT_LATER },
             [ROLE_EXEC] = { SUPPORT_NOW, SUPPORT_NOW },
             [ROLE_ROOT] = { SUPPORT_NOW, SUPPORT_NOW } },
  .mounts = { [MOUNT_ARCHIVE] = { [MODE_COPY] = SUPPORT_NOW } },
};

static void
forget_absent (struct manifest *manifest)
{
  for (size_t i = 0; i < ROLES; i++)
    if (manifest->roles[i].source == SOURCE_ABSENT)
      manifest->roles[i].source = SOURCE_UNKNOWN;
}

static void
support_refuses_what_is_not_there_yet (void)
{
  struct manifest *m = parse_root ();
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;

  forget_absent (m);
  m->limits[LIMIT_TASK_MEMORY] = 1;
  m->limit_places[LIMIT_TASK_MEMORY] = m->limit_places[LIMIT_TASKS];
  manifest_check_support (m, &support_little, &mistakes);
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said),
              "root.hurdle:2: identity \"root-inside\" is not available yet "
              "in this version\n"
              "root.hurdle:4: source \"own\" of role \"proc\" is not "
              "available yet in this version\n"
              "root.hurdle:7: mount \"/tmp\": memory with mode read-write is "
              "not available yet in this version\n"
              "root.hurdle:9: limits: \"memory\" is not available yet in this "
              "version\n"
              "root.hurdle:9: limits: \"task-memory\" cannot be enforced: the "
              "kernel limits the memory of no task\n"
              "root.hurdle:9: limits: \"tasks\" is not available yet in this "
              "version\n");
  manifest_destroy (m);
  mistakes_finish (&mistakes);
  text_finish (&said);
}

static void
support_refuses_hiding_and_a_parent_without_a_ledger (void)
{
  static const char text[]
      = "environment \"x\" {\n"
        "  contained = no\n"
        "  mount \"/\" { from = \"archive:rd0\" mode = copy hide = a }\n"
        "}\n";
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *m = manifest_parse ("m", text, NULL, &mistakes);

  CHECK (m);
  mistakes_finish (&mistakes);
  forget_absent (m);
  m->identity = IDENTITY_UNKNOWN;
  manifest_check_support (m, &support_little, &mistakes);
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said),
              "m:2: \"contained = no\" is not available yet in this version\n"
              "m:3: mount \"/\": \"hide\" is not available yet in this "
              "version\n");
  manifest_destroy (m);
  mistakes_finish (&mistakes);
  text_finish (&said);
}

/* This version can make the root environment of the ground.  */
/* Nobody opens it, so it must not look as if somebody did.  */
static void
support_refuses_a_device_that_nobody_opens (void)
{
  static const char text[]
      = "environment \"x\" {\n"
        "  role \"console\" { source = own device = \"com1\" }\n"
        "}\n";
  struct mistakes mistakes = MISTAKES_INIT;
  struct text said = TEXT_INIT;
  struct manifest *m = manifest_parse ("m", text, NULL, &mistakes);

  CHECK (m);
  manifest_check_support (m, &support_now, &mistakes);
  mistakes_print (&mistakes, &said);
  CHECK_TEXT (text_string (&said),
              "m:2: \"device\" of role \"console\" is not available yet in "
              "this version: it is the kernel's console; expected no "
              "\"device\"\n");
  manifest_destroy (m);
  mistakes_finish (&mistakes);
  text_finish (&said);
}

static void
support_now_has_the_ground (void)
{
  struct manifest *m = parse_root ();
  struct mistakes mistakes = MISTAKES_INIT;

  memset (m->limits, 0, sizeof m->limits);
  manifest_check_support (m, &support_now, &mistakes);
  CHECK (mistakes.count == 0);
  manifest_destroy (m);
}

static void
names_have_no_holes (void)
{
  for (size_t i = 0; i < ROLES; i++)
    CHECK (role_names[i]);
  for (size_t i = 0; i < SOURCES; i++)
    CHECK (source_names[i]);
  for (size_t i = 0; i < LIMITS; i++)
    CHECK (limit_names[i]);
  for (size_t i = 0; i < MODES; i++)
    CHECK (mode_names[i]);
  for (size_t i = 0; i < ROLES; i++)
    CHECK (support_now.roles[i][SOURCE_ABSENT] == SUPPORT_NOW
           && support_now.roles[i][SOURCE_OWN] != SUPPORT_NEVER);
}

static const struct unit_test tests[] = {
  UNIT_TEST (manifest_says_what_was_written),
  UNIT_TEST (manifest_finds_the_deepest_mount),
  UNIT_TEST (manifest_without_a_reader_includes_nothing),
  UNIT_TEST (manifest_with_too_many_mistakes_says_so),
  UNIT_TEST (manifest_too_long_is_refused),
  UNIT_TEST (support_refuses_what_is_not_there_yet),
  UNIT_TEST (support_refuses_hiding_and_a_parent_without_a_ledger),
  UNIT_TEST (support_refuses_a_device_that_nobody_opens),
  UNIT_TEST (support_now_has_the_ground),
  UNIT_TEST (names_have_no_holes),
};

UNIT_TABLE (unit_manifest, tests)
