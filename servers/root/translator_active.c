/* translator_active.c -- servers that stand behind a node of ours

   At each lookup such a server is asked for its root, with the ids of whoever
   looks up.  The request is parked meanwhile; the answer comes to a port of
   its own, because the server owes us nothing: it may answer late, never, or
   with rubbish.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/notify.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/right.h"
#include "servers/root/root.h"

#include "fs_reply_U.h"
#include "fsys_request_U.h"

#define GETROOT_REPLY 22102

struct translator
{
  struct node *node;        /* borrowed: the node owns us */
  mach_port_t control;      /* send right */
  struct death_watch watch; /* on CONTROL */
};

/* ---- setting ---- */

void
translator_destroy (struct translator *translator)
{
  if (!translator)
    return;
  death_watch_stop (&translator->watch);
  send_drop (&translator->control);
  free (translator);
}

static void
translator_died (struct death_watch *watch)
{
  struct translator *translator = list_entry (watch, struct translator, watch);

  translator->node->translator = NULL;
  send_drop (&translator->control);
  free (translator);
}

error_t
translator_set (struct node *node, mach_port_t control)
{
  struct translator *translator = NULL;
  error_t err = 0;

  if (MACH_PORT_VALID (control))
    {
      translator = calloc (1, sizeof *translator);
      if (!translator)
        return ENOMEM;
      translator->node = node;
      translator->watch.run = translator_died;
      err = death_watch_start (node->volume->environment->loop,
                               &translator->watch, control);
    }
  if (err)
    {
      free (translator);
      return err;
    }
  if (translator)
    translator->control = control;
  translator_destroy (node->translator);
  node->translator = translator;
  return 0;
}

/* Tell it to go; whether it does is its business, we forget it.  */
void
translator_dismiss (struct node *node, int flags)
{
  if (node->translator)
    (void)fsys_goaway_request (node->translator->control, MACH_PORT_NULL,
                               flags);
}

error_t
file_op_get_translator_control (struct handle *handle,
                                mach_port_t *ret_control)
{
  const struct node *node = file_node (handle);

  if (!node->translator)
    return ENXIO;
  if (node_check_owner (node, &handle->ids))
    return EPERM;
  *ret_control = send_copy (node->translator->control);
  return 0;
}

/* ---- asking ---- */

/* A lookup that waits for a translator's root.  */
struct asking
{
  struct object object; /* the answer comes here; one send-once right */
  struct parked parked;
  bool answered;        /* cancelled; the answer is still to come */
  char rest[PATH_ROOM]; /* of the path */
};

struct getroot_reply
{
  mach_msg_header_t header;
  mach_msg_type_t code_type;
  kern_return_t code;
  int pad;
  mach_msg_type_t retry_type;
  int retry;
  int pad2;
  mach_msg_type_t name_type;
  char name[PATH_ROOM];
  mach_msg_type_t file_type;
  mach_port_name_inlined_t file;
};

static void
asking_free (struct object *object)
{
  free (object);
}

static void
asking_cancel (struct parked *parked, error_t why)
{
  struct asking *asking = list_entry (parked, struct asking, parked);

  parked_fail (parked, why);
  asking->answered = true;
}

/* A whole answer, not an error?  */
static bool
reply_valid (const struct getroot_reply *r)
{
  return r->header.msgh_id == GETROOT_REPLY && r->header.msgh_size == sizeof *r
         && r->header.msgh_bits & MACH_MSGH_BITS_COMPLEX && !r->code
         && r->retry >= FS_RETRY_NORMAL && r->retry <= FS_RETRY_MAGICAL
         && r->name_type.msgt_inline && r->file_type.msgt_inline
         && r->name_type.msgt_number == PATH_ROOM
         && r->file_type.msgt_name == MACH_MSG_TYPE_PORT_SEND
         && r->file_type.msgt_number == 1
         && memchr (r->name, '\0', sizeof r->name);
}

static error_t
reply_error_code (const struct getroot_reply *r)
{
  if (r->header.msgh_id != GETROOT_REPLY
      || r->header.msgh_size < offsetof (struct getroot_reply, retry_type))
    return EDIED; /* the right to answer was destroyed */
  return r->code && r->code != MIG_NO_REPLY ? r->code : EIEIO;
}

/* Pass on what the translator said, with what remains of the path.  */
static void
asking_answer (struct asking *asking, struct getroot_reply *r)
{
  char name[PATH_ROOM] = "";
  mach_msg_type_name_t type = asking->parked.reply_type;
  mach_port_t file = r->file.name;
  bool slash = *r->name && *asking->rest;

  if (strlen (r->name) + slash + strlen (asking->rest) >= sizeof name)
    {
      parked_fail (&asking->parked, ENAMETOOLONG);
      return;
    }
  strcpy (name, r->name);
  if (slash)
    strcat (name, "/");
  strcat (name, asking->rest);
  r->file.name = MACH_PORT_NULL; /* it goes on */
  (void)dir_lookup_reply (parked_take_reply (&asking->parked), type, 0,
                          (retry_type)r->retry, name, file,
                          MACH_MSG_TYPE_MOVE_SEND);
}

/* The one message that comes to an asking port: the answer, or the kernel's
   word that there will be none.  */
static bool
asking_take (struct object *object, mach_msg_header_t *message)
{
  struct asking *asking = (struct asking *)object;
  struct getroot_reply *r = (struct getroot_reply *)message;

  if (message->msgh_id == MACH_NOTIFY_NO_SENDERS)
    return false;
  if (!asking->answered && reply_valid (r))
    asking_answer (asking, r);
  else if (!asking->answered)
    parked_fail (&asking->parked, reply_error_code (r));
  message->msgh_local_port = MACH_PORT_NULL;
  mach_msg_destroy (message);
  object_drop (object);
  return true;
}

static const struct interface *const no_interfaces[] = { NULL };

static const struct object_class asking_class = {
  .name = "question to a translator",
  .interfaces = no_interfaces,
  .raw = asking_take,
  .free = asking_free,
};

static error_t
asking_create (struct volume *volume, const char *rest,
               struct asking **ret_asking)
{
  struct asking *asking = calloc (1, sizeof *asking);
  error_t err;

  if (!asking)
    return ENOMEM;
  err = object_init (&asking->object, &asking_class, volume->generation,
                     volume->environment->loop);
  if (err)
    {
      free (asking);
      return err;
    }
  strcpy (asking->rest, rest);
  *ret_asking = asking;
  return 0;
}

error_t
translator_open (struct node *node, struct node *dotdot,
                 const struct opened *like, const struct ids *ids, int flags,
                 const char *rest, const struct request *request)
{
  struct volume *volume = node->volume;
  struct asking *asking;
  struct file *parent;
  error_t err = asking_create (volume, rest, &asking);

  if (err)
    return err;
  err = file_create (dotdot, ids, 0, like, &parent);
  if (!err)
    {
      err = fsys_getroot_request (
          node->translator->control, object_name (&asking->object),
          object_right (&parent->handle.object), MACH_MSG_TYPE_MAKE_SEND,
          ids->euids.ids, ids->euids.count, ids->egids.ids, ids->egids.count,
          *rest ? 0 : flags & O_HURD);
      object_drop (&parent->handle.object);
    }
  if (err)
    {
      object_drop (&asking->object);
      return err == MACH_SEND_INVALID_DEST ? EDIED : err;
    }
  parked_start (&asking->parked,
                loop_request_object (volume->environment->loop),
                request->reply, request->reply_type, asking_cancel);
  return MIG_NO_REPLY;
}
