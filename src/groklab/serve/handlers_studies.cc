// What reproductions said, from the files that `groklab reproduce` keeps in the store; see handlers.h.

#include <nlohmann/json.hpp>

#include "groklab/serve/handlers.h"
#include "groklab/studies/kept.h"

namespace groklab::serve {

Response get_studies(Service& service, const Call&) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const studies::KeptReproduction& kept : studies::kept_reproductions(service.store().directory())) {
    nlohmann::ordered_json claims = nlohmann::ordered_json::array();
    for (const studies::KeptReproduction::Claim& claim : kept.claims) {
      claims.push_back({{"claim", claim.id},
                        {"title", claim.title},
                        {"verdict", claim.verdict},
                        {"effect", claim.effect},
                        {"text", claim.text}});
    }
    list.push_back({{"study", kept.study},
                    {"scale", kept.scale},
                    {"protocol", kept.protocol},
                    {"file", kept.file},
                    {"claims", claims}});
  }
  return json_response({{"studies", list}});
}

}  // namespace groklab::serve
