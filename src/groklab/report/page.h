// The frame of every page: head, style, scripts. What stands in it is the caller's.
#pragma once

#include <string>

namespace groklab::report {

struct Page {
  std::string brand;  ///< one line above the title
  std::string title;
  std::string lead;    ///< one line below it, may be empty
  std::string main;    ///< HTML; all else is text
  std::string footer;  ///< one or two sentences
};

/// The page's HTML. It loads nothing from anywhere: scripts, specifications and data are inside.
std::string render_page(const Page& page);

/// What a page says where scripts are switched off, as HTML.
std::string no_script_note();

}  // namespace groklab::report
