using LeNetServe.Datasets;
using LeNetServe.Trainer.Data;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Data;

public sealed class TrainingDataTests
{
    private static readonly ImageSet Images = TinyDataset.Create(train: 2000).Train;

    [Fact]
    public void Split_WithValidation_CalibratesOnTheValidationImages()
    {
        var data = TrainingData.Split(Images, validation: 0.1, calibration: 0.3);

        Assert.Equal((1800, 200), (data.Train.Length, data.Validation.Length));
        Assert.Equal(data.Validation, data.Calibration);
    }

    [Fact]
    public void Split_WithoutValidation_HoldsOutImagesForCalibration()
    {
        var data = TrainingData.Split(Images, validation: 0, calibration: 0.1);

        Assert.Empty(data.Validation);
        Assert.Equal(200, data.Calibration.Length);
        Assert.Equal(Enumerable.Range(0, Images.Count), data.Train.Concat(data.Calibration).Order());
    }

    [Fact]
    public void Split_TooFewToCalibrate_TrainsOnAllImages()
    {
        var data = TrainingData.Split(Images, validation: 0, calibration: 0.02);

        Assert.Empty(data.Calibration);
        Assert.Equal((Images.Count, 40), (data.Train.Length, data.Share));
    }
}
