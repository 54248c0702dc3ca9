/* true.c -- the smallest program; fork+exec+wait of it is F
   SPDX-License-Identifier: GPL-2.0-or-later  */

int
main (void)
{
  return 0;
}
