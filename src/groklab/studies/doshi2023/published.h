// Numbers of arXiv:2310.13061 as data: accuracies that its repository (d-doshi/Grokking, notebook
// Grokking_with_label_corruption) prints for one seed at p = 97, half of the rows, 35 % of labels random, and what its
// figure of pruning shows.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::doshi2023 {

inline constexpr PublishedNumber kTrainWithoutDecay = {.what = "training accuracy, weight decay 0, 1,000 steps",
                                                       .value = 0.978,
                                                       .source = "its repository, section Coexistence"};
inline constexpr PublishedNumber kTestWithoutDecay = {.what = "test accuracy, weight decay 0, 1,000 steps",
                                                      .value = 0.983,
                                                      .source = "its repository, section Coexistence"};
inline constexpr PublishedNumber kTrainMiddling = {.what = "training accuracy, weight decay 5, 500 steps",
                                                   .value = 0.786,
                                                   .source = "its repository, section Partial Inversion"};
inline constexpr PublishedNumber kTestMiddling = {.what = "test accuracy, weight decay 5, 500 steps",
                                                  .value = 1,
                                                  .source = "its repository, section Partial Inversion"};
inline constexpr PublishedNumber kTrainStrong = {.what = "training accuracy, weight decay 15, 500 steps",
                                                 .value = 0.654,
                                                 .source = "its repository, section Full Inversion"};
inline constexpr PublishedNumber kTestStrong = {.what = "test accuracy, weight decay 15, 500 steps",
                                                .value = 1,
                                                .source = "its repository, section Full Inversion"};
inline constexpr PublishedNumber kTrainForgotten = {.what = "training accuracy, weight decay 20, 5,000 steps",
                                                    .value = 0.009,
                                                    .source = "its repository, section Forgetting"};
inline constexpr PublishedNumber kCorruptedWithoutLow = {
    .what = "corrupted rows as trained, without 60 % of the neurons, lowest ratio first",
    .value = 0.01,
    .source = "its repository, section Pruning, read off the figure"};
inline constexpr PublishedNumber kTestWithoutLow = {
    .what = "test accuracy, without 60 % of the neurons, lowest ratio first",
    .value = 1,
    .source = "its repository, section Pruning, read off the figure"};
inline constexpr PublishedNumber kTestWithoutHigh = {
    .what = "test accuracy, without 30 % of the neurons, highest ratio first",
    .value = 0.01,
    .source = "its repository, section Pruning, read off the figure"};
inline constexpr PublishedNumber kCorruptedWithoutHigh = {
    .what = "corrupted rows as trained, without 30 % of the neurons, highest ratio first",
    .value = 0.97,
    .source = "its repository, section Pruning, read off the figure"};

}  // namespace groklab::studies::doshi2023
