namespace LeNetServe.Trainer.Records;

/// <summary>The figures of one seed of a record.</summary>
/// <param name="Seed">The seed of the run.</param>
/// <param name="TestAccuracy">Share of the test images that were classified correctly, 0..1.</param>
/// <param name="TestLoss">Mean cross-entropy on the test images, in nats.</param>
/// <param name="ValidationAccuracy">Accuracy of the kept weights on the validation images, 0..1; null without a validation split.</param>
internal sealed record SeedFigures(int Seed, double TestAccuracy, double TestLoss, double? ValidationAccuracy = null);
